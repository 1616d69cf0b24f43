"""What writer and checker are shown of facts and papers, and which of them where there are many."""

import json

import pytest

from scribe.common.tasks.data import Fact, Research
from scribe.composer.added import added_sentences
from scribe.composer.checker import blocks_of
from scribe.composer.material import Material
from scribe.composer.showing import CHECKER_BUDGET, authors_with, shown_to_checker, shown_to_writer
from tests.support.writing import FACT, GOOD, PAPER, SOURCE, material


def many(count: int, **fields: object) -> Material:
    """Material with so many facts about one topic each."""
    facts = tuple(
        Fact(id=f"F{n}", statement=f"Fact {n} is about topic{n}.", source_ids=("S1",), quotes={"S1": "word " * 100})
        for n in range(1, count + 1)
    )
    return material(research=Research(sources=(SOURCE,), facts=facts), **fields)


def test_of_many_facts_the_checker_sees_those_that_the_sentences_speak_of() -> None:
    shown = shown_to_checker(many(100), "something about topic99")
    assert "F99" in {fact["id"] for fact in shown["facts"]}
    assert len(json.dumps(shown)) < 1.5 * CHECKER_BUDGET


def test_of_many_facts_the_checker_sees_those_that_the_writer_used() -> None:
    shown = shown_to_checker(many(100), "something about topic99", used=["F55", "F999"])
    assert {"F55", "F99"} <= {fact["id"] for fact in shown["facts"]}


def test_a_word_that_all_have_tells_less_than_one_that_a_fact_has_alone() -> None:
    shown = shown_to_checker(many(100), "the fact about word and topic42")
    assert "F42" in {fact["id"] for fact in shown["facts"]}


def test_of_many_facts_the_writer_sees_those_of_the_interest_and_the_certain_ones() -> None:
    shown = shown_to_writer(many(400, recipient_interest="topic77"))
    assert "F77" in {fact["id"] for fact in shown["facts"]}
    assert len(shown["facts"]) < 400


def test_the_checker_sees_passages_papers_interest_and_template() -> None:
    known = material()
    blocks = blocks_of(added_sentences(GOOD, known), known)
    assert set(blocks) == {"template", "recipient", "sender", "facts", "papers", "sentences"}
    shown = json.dumps(blocks)
    for words in (FACT.quotes["S1"], PAPER.title, "quantum fluids", "second-year student", "Jo Park"):
        assert words in shown


@pytest.mark.parametrize(
    ("count", "place", "shown"),
    [
        (2, 1, "Author 0, Adrian Del Maestro"),
        (9, 8, "Author 0, Author 1, Author 2, Author 3, Adrian Del Maestro and others (9 authors)"),
        (9, 0, "Adrian Del Maestro, Author 1, Author 2, Author 3 and others (9 authors)"),
    ],
)
def test_a_papers_authors_always_show_the_recipient(count: int, place: int, shown: str) -> None:
    authors = [f"Author {n}" for n in range(count)]
    authors[place] = "Adrian Del Maestro"
    assert authors_with("Prof. Adrian Del Maestro", tuple(authors)) == shown


def test_all_authors_are_counted_where_not_all_are_known() -> None:
    assert authors_with("B", ("A", "B"), 40) == "A, B and others (40 authors)"


def test_a_passage_that_is_the_statement_is_not_shown_twice() -> None:
    own = Fact(id="F1", statement="Ada: I study helium.", source_ids=("S1",), quotes={"S1": "I study helium."})
    (shown,) = shown_to_checker(material(research=Research(sources=(SOURCE,), facts=(own,))), "helium")["facts"]
    assert "passages" not in shown
