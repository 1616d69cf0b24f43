"""Whose papers they are: namesakes are the rule, and what is doubtful says so or is left out."""

import pytest

from scribe.arxiv.authorship import SoughtAuthor, judge
from scribe.arxiv.records import Record
from scribe.common.text.names import parse_name
from scribe.common.text.terms import plain_words, terms
from tests.unit.arxiv.atom import record

PROTEINS, FIELDS = ("q-bio.BM",), ("physics.hist-ph",)


def recipient(name: str, interest: str, *pages: str) -> SoughtAuthor:
    """Somebody with these pages."""
    person = parse_name(name)
    assert person is not None
    return SoughtAuthor(person, terms(interest), tuple(map(plain_words, pages)))


def verdicts(someone: SoughtAuthor, *records: Record) -> dict[str, bool]:
    """By title, whether the paper is certain."""
    return {judged.record.title: judged.certain for judged in judge(records, someone)}


def test_a_namesake_in_another_field_is_left_out_and_makes_the_others_uncertain() -> None:
    fraser = recipient("James Fraser", "protein dynamics at room temperature")
    assert verdicts(
        fraser,
        record("Room temperature protein crystallography", "James Fraser", "Ada Co", categories=PROTEINS),
        record("A realist view of effective theories", "James Fraser", categories=FIELDS),
    ) == {"Room temperature protein crystallography": False}


def test_without_a_namesake_a_full_name_and_the_interest_suffice() -> None:
    fraser = recipient("James Fraser", "protein dynamics at room temperature")
    paper = record("Room temperature protein crystallography", "James S. Fraser", "Ada Co", categories=PROTEINS)
    assert verdicts(fraser, paper) == {"Room temperature protein crystallography": True}


def test_a_full_name_alone_is_nobodys() -> None:
    wallace = recipient("David Wallace", "the Everett interpretation of quantum mechanics")
    assert verdicts(wallace, record("A survey of galaxy clusters", "David Wallace", categories=("astro-ph.CO",))) == {}


def test_what_a_page_names_is_theirs_and_so_is_what_shares_its_authors() -> None:
    page = "His book chapter on “Sheep grazing in the Apennines” appeared in 2024."
    maestro = recipient("Adrian Del Maestro", "helium", page)
    assert verdicts(
        maestro,
        record("Sheep grazing in the Apennines", "A. Del Maestro", "Ada Co", categories=("q-bio.PE",)),
        record("Goats as well", "A. Del Maestro", "A. Co", categories=("q-bio.PE",)),
        record("Quarks", "A. Del Maestro", "Bo Other", categories=("hep-ph",)),
    ) == {"Sheep grazing in the Apennines": True, "Goats as well": True}


@pytest.mark.parametrize("page", ["She works with Ada Co on graphs.", "Ada M. Co is her co-author."])
def test_a_co_author_on_a_page_tells_whose_papers_they_are(page: str) -> None:
    liu = recipient("Yang Liu", "graphs", page)
    assert verdicts(
        liu,
        record("Deep sets of points", "Yang Liu", "Ada Co", categories=("cs.LG",)),
        record("Shallow water", "Yang Liu", "Bo Other", categories=("physics.ao-ph",)),
    ) == {"Deep sets of points": True}


def test_an_affiliation_in_the_feed_that_a_page_names_tells_too() -> None:
    liu = recipient("Yang Liu", "graphs", "Yang Liu is a professor at Northern Example University.")
    paper = record(
        "Deep sets", "Yang Liu", affiliations={"Yang Liu": ("Northern Example University",)}, categories=("cs.LG",)
    )
    assert verdicts(liu, paper) == {"Deep sets": True}


def test_of_a_common_name_only_papers_about_the_interest_are_taken_and_none_is_certain() -> None:
    fields = ("cs.LG", "astro-ph.CO", "math.AG", "q-bio.NC", "cond-mat.soft", "econ.EM")
    strangers = [
        record(f"Study {number}", "Yang Liu", f"Someone Else{number}", categories=(field,))
        for number, field in enumerate(fields)
    ]
    fair = record("Learning fair classifiers from noisy labels", "Yang Liu", "Bo Third", categories=("cs.LG",))
    near = record("Labels for maps", "Yang Liu", "Cy Fourth", categories=("cs.CV",))
    liu = recipient("Yang Liu", "fairness with noisy labels")
    assert verdicts(liu, *strangers, fair, near) == {"Learning fair classifiers from noisy labels": False}


def test_an_initial_is_never_certain_by_the_interest_alone() -> None:
    maestro = recipient("Adrian Del Maestro", "entanglement in superfluid helium")
    assert verdicts(maestro, record("Entanglement of helium", "A. Del Maestro")) == {"Entanglement of helium": False}


def test_a_collaboration_does_not_make_its_members_one_person() -> None:
    crowd = [f"Member {letter}person" for letter in "abcdefghijklmnopqrstuvwxyzåäöéüß"]
    detector = record("Detector", "Yang Liu", *crowd, categories=("hep-ex",), author_count=33)
    other = record("Another detector", "Yang Liu", *crowd, categories=("hep-ex",), author_count=33)
    liu = recipient("Yang Liu", "history", "Yang Liu wrote 'Another detector, a study' and more. Another detector.")
    assert "Detector" not in verdicts(liu, detector, other)


def test_pages_about_the_same_things_speak_for_a_paper_in_another_language_than_the_interest() -> None:
    page = "Research: self-energy functionals, the variational cluster approximation, correlated electrons."
    brinkhoff = recipient("Andreas Brinkhoff", "stark korrelierte Elektronen", page)
    paper = record("Making use of self-energy functionals: the variational cluster approximation", "Andreas Brinkhoff")
    assert list(verdicts(brinkhoff, paper).values()) == [True]


def test_a_page_that_names_the_field_speaks_for_it() -> None:
    page = "She is a professor of algebraic geometry."
    paper = record("On the motivic nearby fibre", "Ada Example", categories=("math.AG",))
    assert verdicts(recipient("Ada Example", "moduli", page), paper) == {"On the motivic nearby fibre": True}
