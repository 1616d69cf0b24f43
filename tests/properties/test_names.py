"""However a name is written, it is the same person's, and no text breaks the parser."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scribe.common.text.folding import fold_accents
from scribe.common.text.name_words import (
    AFFILIATIONS,
    DEGREES,
    DOUBLE_SURNAMES,
    FAMILY_FIRST,
    PARTICLES,
    TITLES,
    TITLES_AFTER_A_TITLE,
    TITLES_OF_OFFICE,
    TITLES_WITH_A_DOT,
)
from scribe.common.text.names import MAX_NAME, Match, matches, parse_name, spellings

CALM = settings(deadline=None)
"""A busy machine is no failure."""

ALL_TITLES = TITLES | TITLES_AFTER_A_TITLE | TITLES_OF_OFFICE | TITLES_WITH_A_DOT
RESERVED = ALL_TITLES | DEGREES | PARTICLES | FAMILY_FIRST | AFFILIATIONS | DOUBLE_SURNAMES
"""Words that have a meaning of their own in a name."""
word = (
    st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüéèñçøł", min_size=2, max_size=10)
    .filter(lambda text: fold_accents(text) not in RESERVED)
    .map(str.capitalize)
)


@CALM
@given(word, word, st.sampled_from(["Prof. ", "Dr. ", "Prof. Dr. ", "Mr ", ""]), st.sampled_from([", PhD", " Jr.", ""]))
def test_titles_and_degrees_do_not_change_the_person(given: str, family: str, title: str, suffix: str) -> None:
    plain, dressed = parse_name(f"{given} {family}"), parse_name(f"{title}{given} {family}{suffix}")
    assert plain == dressed


@CALM
@given(word, word)
def test_both_orders_are_the_same_person(first: str, family: str) -> None:
    person = parse_name(f"{first} {family}")
    assert person is not None
    assert matches(person, f"{family}, {first}") is Match.FULL


@CALM
@given(word, word, word)
def test_initials_stand_for_names(first: str, middle: str, family: str) -> None:
    person = parse_name(f"{first} {middle} {family}")
    assert person is not None
    for author in (
        f"{first[0]}. {family}",
        f"{first[0]}. {middle[0]}. {family}",
        f"{family}, {first[0]}. {middle[0]}.",
    ):
        assert matches(person, author) in (Match.INITIAL, Match.FULL)


@CALM
@given(word, word, word)
def test_another_given_name_is_another_person(first: str, other: str, family: str) -> None:
    assume(fold_accents(first)[0] != fold_accents(other)[0])
    person = parse_name(f"{first} {family}")
    assert person is not None
    assert matches(person, f"{other} {family}") is Match.NONE


@CALM
@given(word, word, st.sampled_from(["del", "de la", "van der", "von", "di", "bin"]))
def test_particles_belong_to_the_family_name_in_every_order(first: str, family: str, particle: str) -> None:
    person = parse_name(f"{first} {particle} {family}")
    assert person is not None
    assert person.whole_family == f"{particle} {fold_accents(family)}"
    for author in (
        f"{first[0]}. {particle} {family}",
        f"{family}, {first} {particle}",
        f"{particle} {family}, {first}",
    ):
        assert matches(person, author) is not Match.NONE


@CALM
@given(word, word)
def test_accents_do_not_matter(first: str, family: str) -> None:
    person = parse_name(f"{first} {family}")
    assert person is not None
    assert matches(person, f"{fold_accents(first)} {fold_accents(family)}") is Match.FULL


@CALM
@given(word, word, word)
def test_hyphens_and_blanks_in_initials_do_not_matter(first: str, second: str, family: str) -> None:
    person = parse_name(f"{first}-{second} {family}")
    assert person is not None
    for author in (
        f"{first[0]}. -{second[0]}. {family}",
        f"{first[0]}.-{second[0]}. {family}",
        f"{first} {second} {family}",
    ):
        assert matches(person, author) is not Match.NONE


@CALM
@given(st.text(max_size=400))
def test_any_text_is_a_name_or_none(text: str) -> None:
    person = parse_name(text)
    if person is None:
        return
    assert person.family
    for spelling in spellings(person):
        assert spelling
        assert not set(spelling) & set('"()\\:')
        assert len(spelling) <= 3 * MAX_NAME
    assert isinstance(matches(person, text), Match)


@pytest.mark.parametrize("text", ['a" OR all:x', "x) AND (all:y", "ada\\", "ada:example*"])
def test_a_name_cannot_change_the_query(text: str) -> None:
    person = parse_name(text)
    assert person is not None
    assert not set("".join(spellings(person))) & set('"()\\:*')
