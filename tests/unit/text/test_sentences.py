"""Sentences: whole, verbatim, and found in a time that grows with the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.common.text.sentences import MAX_AT_ONCE, parts_of, split_sentences
from tests.support.patterns import MAX_GROWTH, growth


@pytest.mark.parametrize(
    ("text", "language", "sentences"),
    [
        (
            "He has argued in Davis v. United States. He joined in 2019.",
            "en",
            ["He has argued in Davis v. United States.", "He joined in 2019."],
        ),
        (
            "Dr. A. B. Smith studies S. rosetta. She teaches.",
            "en",
            ["Dr. A. B. Smith studies S. rosetta.", "She teaches."],
        ),
        ("Am 3. Mai sprach Prof. Dr. Maid. Er lehrt.", "de", ["Am 3. Mai sprach Prof. Dr. Maid.", "Er lehrt."]),
        (
            "Stal se jím RNDr. Ada Example, Ph.D., dosud vedoucí. Učí.",
            "cs",
            ["Stal se jím RNDr. Ada Example, Ph.D., dosud vedoucí.", "Učí."],
        ),
        (
            "Univ.-Prof. Dr. habil. Ada Example leitet das Labor. Sie lehrt.",
            "de",
            ["Univ.-Prof. Dr. habil. Ada Example leitet das Labor.", "Sie lehrt."],
        ),
        ("これは文です。次の文です。", None, ["これは文です。", "次の文です。"]),
        ("One line\nanother", None, ["One line", "another"]),
        ("", None, []),
    ],
)
def test_sentences_are_whole(text: str, language: str | None, sentences: list[str]) -> None:
    assert split_sentences(text, language) == sentences


def test_a_line_without_an_end_is_cut_between_sentences() -> None:
    sentence = "Ada Example studies helium in the pores of stones."
    assert set(split_sentences(" ".join([sentence] * 100))) == {sentence}


@given(st.text(max_size=400), st.sampled_from(["en", "de", None]))
def test_every_sentence_is_a_piece_of_the_text_and_no_word_is_lost(text: str, language: str | None) -> None:
    found = split_sentences(text, language)
    assert all(sentence in text for sentence in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.text(alphabet="ab .?", max_size=200), st.integers(1, 20))
def test_parts_are_the_line_and_none_is_too_long(line: str, size: int) -> None:
    parts = list(parts_of(line, size))
    assert "".join(parts) == line
    assert all(len(part) <= size for part in parts)


@pytest.mark.parametrize("unit", ["![", "a. ", "A.", '"a. ', "(", "Dr. Smith said hello. ", "。"])
def test_time_grows_with_the_text(unit: str) -> None:
    sizes = (4 * MAX_AT_ONCE, 8 * MAX_AT_ONCE, 16 * MAX_AT_ONCE)
    assert max(growth(lambda size: lambda: split_sentences((unit * size)[:size]), sizes)) <= MAX_GROWTH
