"""One answer for many authors: whose records are whose, and who has to be asked for again."""

from scribe.arxiv.client import ResultPage
from scribe.arxiv.distribution import distribute
from scribe.arxiv.lookups import Lookup
from scribe.arxiv.records import MAX_KEPT_AUTHORS, Record
from tests.unit.arxiv.atom import record


def whole(*records: Record) -> ResultPage:
    """A page that holds all there is."""
    return ResultPage(records, len(records), len(records))


def test_each_author_gets_the_records_with_their_name() -> None:
    ours, hers, his = (
        record("Ours", "Ada Example", "Bo Sample"),
        record("Hers", "A. Example"),
        record("His", "B. Sample", "C. Third"),
    )
    lookups = [Lookup(name=name) for name in ("Ada Example", "Bo Sample", "Di Nobody")]
    ada, bo, nobody = distribute(lookups, whole(ours, hers, his))
    assert ada is not None
    assert bo is not None
    assert nobody is not None
    assert ([r.title for r in ada.records], ada.is_complete) == (["Ours", "Hers"], True)
    assert [r.title for r in bo.records] == ["Ours", "His"]
    assert (nobody.records, nobody.is_complete) == ((), True)


def test_the_sixty_second_of_sixty_three_authors_is_an_author_and_is_kept() -> None:
    names = [f"X. Nobody{number}" for number in range(63)]
    names[61] = "A. Example"
    (answer,) = distribute([Lookup(name="Ada Example")], whole(record("Large", *names)))
    assert answer is not None
    (found,) = answer.records
    assert (len(found.authors), found.author_count) == (MAX_KEPT_AUTHORS, 63)
    assert found.authors[-1] == "A. Example"


def test_withdrawn_papers_are_left_out() -> None:
    (answer,) = distribute([Lookup(name="Ada Example")], whole(record("Gone", "Ada Example", is_withdrawn=True)))
    assert answer is not None
    assert answer.records == ()


def test_who_fills_a_cut_page_gets_the_newest_and_the_others_are_asked_for_again() -> None:
    many = [record(f"Paper {number}", "Yang Liu") for number in range(9)]
    page = ResultPage((*many, record("One", "Ada Example")), total=3000, entries=10)
    common, rare = distribute([Lookup(name="Yang Liu"), Lookup(name="Ada Example")], page)
    assert common is not None
    assert (len(common.records), common.is_complete) == (9, False)
    assert rare is None


def test_a_cut_page_answers_somebody_even_when_nobody_is_in_it() -> None:
    page = ResultPage((record("Strange", "Z. Stranger"),), total=10, entries=1)
    answers = distribute([Lookup(name="Ada Example"), Lookup(name="Bo Sample")], page)
    assert any(answer is not None for answer in answers)


def test_the_affiliation_of_the_person_is_kept_and_no_other() -> None:
    places = {"Ada Example": ("Northern University",), "Bo Sample": ("Southern University",)}
    (answer,) = distribute(
        [Lookup(name="Ada Example")], whole(record("Ours", "Ada Example", "Bo Sample", affiliations=places))
    )
    assert answer is not None
    assert answer.records[0].affiliations == {"Ada Example": ("Northern University",)}
