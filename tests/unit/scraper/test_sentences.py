"""Text taken apart into sentences, and quotes found again in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.scraper.sentences import clean, folded_words, sentences, stands_in

CALM = settings(deadline=None)
"""A busy machine is no failure."""


@pytest.mark.parametrize(
    ("paragraph", "found"),
    [
        ("One ends. Two begins.", ["One ends.", "Two begins."]),
        (
            "Dr. Ada Example met Prof. B. C. Other. They talked.",
            ["Dr. Ada Example met Prof. B. C. Other.", "They talked."],
        ),
        ("It appeared in Phys. Rev. Lett. 100. It was read.", ["It appeared in Phys. Rev. Lett. 100.", "It was read."]),
        ("She moved to the U.S. in 1999.", ["She moved to the U.S. in 1999."]),
        ("“Is it so?” She said yes.", ["“Is it so?”", "She said yes."]),
        ("Version 2.5 is out. Good!", ["Version 2.5 is out.", "Good!"]),
        ("no full stop", ["no full stop"]),
        ("她是教授。她研究物理。", ["她是教授。", "她研究物理。"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_says(paragraph: str, found: list[str]) -> None:
    assert sentences(paragraph) == found


@CALM
@given(st.text(max_size=300))
def test_no_character_of_a_paragraph_but_blanks_is_lost(paragraph: str) -> None:
    assert "".join("".join(sentences(paragraph)).split()) == "".join(paragraph.split())


@pytest.mark.parametrize(
    "quote",
    [
        "Ada Example is a professor",
        "ada  example\nis a PROFESSOR",
        "“Ada Example” is a professor",
        "Ada Éxample is a professor,",
    ],
)
def test_a_quote_is_found_whatever_its_case_blanks_and_quotes(quote: str) -> None:
    assert stands_in(quote, folded_words("Since 2010, 'Ada Example' is a professor of physics."))


@pytest.mark.parametrize(
    "quote", ["Ada Example is a professo", "is professor a", "", "…", "Ada Example is not a professor"]
)
def test_a_quote_must_stand_there_word_for_word(quote: str) -> None:
    assert not stands_in(quote, folded_words("Ada Example is a professor of physics."))


@CALM
@given(st.text(max_size=500), st.integers(1, 400))
def test_cleaned_text_fits_and_holds_no_control_characters(text: str, most: int) -> None:
    cleaned = clean(text, most)
    assert len(cleaned.encode()) <= most
    assert not any(ord(character) < 32 and character != "\n" for character in cleaned)
    assert "\u200b" not in cleaned


def test_text_is_cut_at_a_word() -> None:
    assert clean("superfluid helium in nanopores", 24) == "superfluid helium in"
