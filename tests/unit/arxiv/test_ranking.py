"""Papers ranked by the interest they share and by how recent they are."""

from datetime import UTC, datetime

import pytest

from scribe.arxiv.ranking import interest_score, is_named_in, recency_score, score
from scribe.arxiv.records import Record
from scribe.common.text.terms import plain_words, terms


def record(title: str = "A title", abstract: str = "", year: int = 2020) -> Record:
    """A record of that year."""
    return Record(
        arxiv_id="2001.00001",
        title=title,
        abstract=abstract,
        authors=("A. Example",),
        published=datetime(year, 6, 1, tzinfo=UTC),
    )


def test_more_shared_words_make_a_higher_score() -> None:
    wanted = terms("superfluid helium in nanopores")
    one = record("Helium at low temperature")
    both = record("Superfluid helium at low temperature")
    assert score(both, wanted, 2024) > score(one, wanted, 2024)


def test_a_word_in_the_title_counts_more_than_in_the_abstract() -> None:
    wanted = terms("entanglement")
    assert score(record("On entanglement"), wanted, 2024) > score(record(abstract="On entanglement"), wanted, 2024)


def test_of_two_equally_fitting_papers_the_newer_is_better() -> None:
    wanted = terms("entanglement")
    old, new = record("Entanglement", year=2005), record("Entanglement", year=2023)
    assert score(new, wanted, 2024) > score(old, wanted, 2024)


@pytest.mark.parametrize(
    ("one", "other"), [("fluids", "fluid"), ("entangled states", "entangling"), ("Rényi", "Renyi")]
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert terms(one) & terms(other)


def test_a_score_lies_between_nothing_and_one() -> None:
    wanted = terms("entanglement")
    assert score(record("Entanglement", year=2024), wanted, 2024) == 1.0
    assert 0 <= score(record("Other", year=1991), wanted, 2024) < 0.1
    assert recency_score(record(year=2030), 2024) == 1.0


def test_an_interest_without_meaning_gives_no_points() -> None:
    assert interest_score(record("The work"), terms("your work")) == 0.0


def test_a_paper_is_named_on_a_page_whatever_its_case_and_line_ends() -> None:
    page = plain_words("Publications:\n1. “Entanglement Area Law in\nSuperfluid ⁴He”, Nature Physics 2017.")
    assert is_named_in(record("Entanglement area law in superfluid $^4$He"), [page])
    assert not is_named_in(record("Particle partition entanglement of bosonic liquids"), [page])


def test_a_title_too_short_to_tell_is_never_named() -> None:
    assert not is_named_in(record("Ice"), [plain_words("Ice is cold.")])
