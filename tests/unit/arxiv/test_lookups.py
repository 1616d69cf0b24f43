"""Lookups: one key for one name however it is written, one clause of a query each."""

import pytest

from scribe.arxiv.lookups import Lookup


@pytest.mark.parametrize(
    "name", ["Prof. Adrian Del Maestro", "Adrian del Maestro", "Del Maestro, Adrian", "ADRIAN DEL MAESTRO, PhD"]
)
def test_the_same_name_is_looked_up_once(name: str) -> None:
    assert Lookup(name=name).key == Lookup(name="Adrian Del Maestro").key


def test_another_name_or_a_narrower_question_is_another_lookup() -> None:
    lookup = Lookup(name="Adrian Del Maestro")
    assert Lookup(name="A. Del Maestro").key != lookup.key
    assert lookup.narrowed(frozenset({"helium"})).key != lookup.key


def test_a_clause_holds_all_spellings_and_can_be_joined_with_others() -> None:
    lookup = Lookup(name="Ada Example")
    assert lookup.clause == '(au:"ada example" OR au:"a example")'
    narrowed = lookup.narrowed(frozenset({"helium", "entangl"}))
    assert narrowed.clause == '((au:"ada example" OR au:"a example") AND (all:entangl* OR all:helium*))'


@pytest.mark.parametrize("name", ["王小明", "…", '"" OR all:x'])
def test_what_has_no_latin_name_or_is_none_breaks_no_query(name: str) -> None:
    clause = Lookup(name=name).clause
    assert clause.count('"') % 2 == 0
    assert "all:" not in clause
