"""People of the same name: facts that contradict institution or field are not the recipient's."""

from scribe.scraper.identity import tell_apart
from scribe.scraper.recipient import Recipient
from scribe.scraper.sources import Page

JOHN = Recipient.named("John Smith")
INTEREST = "superfluid helium"

OWN = Page(
    "https://a.example/", text="John Smith is a professor at the University of Nowhere. He studies superfluid helium."
)
SCHOOL = Page(
    "https://b.example/", text="John Smith of Nowhere University was given tenure in the spring of last year."
)
FOOTBALLER = Page("https://c.example/", text="John Smith is a footballer. He scored twice for Leeds in the cup final.")
LAWYER = Page(
    "https://d.example/", text="John Smith is a lawyer who studied at Harvard Law School and lives in Boston."
)
NAMESAKE = Page("https://e.example/", text="John Smith of Elsewhere University studies helium in volcanoes.")


def own(*pages: Page, interest: str = INTEREST) -> set[str]:
    """The hosts of the pages that are taken to be the recipient's."""
    return {page.host[0] for page in tell_apart(pages, JOHN, interest).own}


def test_a_page_of_another_field_is_a_strangers() -> None:
    assert own(OWN, FOOTBALLER) == {"a"}


def test_a_page_of_another_institution_is_a_strangers() -> None:
    assert own(OWN, LAWYER) == {"a"}


def test_a_page_of_the_same_institution_is_kept_although_it_does_not_speak_of_the_interest() -> None:
    assert own(OWN, SCHOOL) == {"a", "b"}


def test_of_two_researchers_in_one_field_the_one_who_fits_the_interest_better_is_meant() -> None:
    assert own(OWN, NAMESAKE) == {"a"}
    assert own(NAMESAKE, OWN) == {"a"}


def test_a_page_that_joins_two_institutions_joins_the_people() -> None:
    moved = Page(
        "https://f.example/",
        text="John Smith studies helium. He moved from Elsewhere University to the University of Nowhere in 2010.",
    )
    assert own(OWN, NAMESAKE, moved) == {"a", "e", "f"}


def test_a_page_without_institution_is_kept_when_it_speaks_of_the_same_things() -> None:
    page = Page("https://g.example/", text="John Smith gave a talk about helium to pupils.")
    assert own(OWN, page) == {"a", "g"}


def test_a_learned_society_or_a_faculty_is_no_other_institution() -> None:
    honour = Page(
        "https://h.example/",
        text="John Smith, who studies superfluid helium, was elected to the American Academy of Arts and Sciences.",
    )
    faculty = Page("https://i.example/", text="John Smith of the School of Engineering studies superfluid helium.")
    assert own(OWN, honour, faculty) == {"a", "h", "i"}


def test_without_any_page_on_the_interest_nobody_is_left_out() -> None:
    assert own(FOOTBALLER, LAWYER) == {"c", "d"}


def test_no_pages_are_nobodys() -> None:
    assert tell_apart([], JOHN, INTEREST).own == ()
