"""The rules by which a quote covers a sentence."""

import pytest

from scribe.evaluation.matching import common_length, holds, is_exactly, normal, stands_on

SENTENCE = "She has led the river group at Northfield since the spring of 2019."


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("wrapped\n  over   lines", "wrapped over lines"),
        ("the group&rsquo;s work", "the group's work"),
        ("the group’s work", "the group's work"),
        ("founded in 1999. [ 4 ] Since", "founded in 1999. Since"),
        ("the _Annals_ and **Letters**", "the Annals and Letters"),
        ("the [Center for _Maps_](https://maps.example/a_(b)) opened", "the Center for Maps opened"),
        ("see [4 others] of them", "see [4 others] of them"),
    ],
)
def test_the_normal_form_drops_what_only_the_page_shows(text: str, plain: str) -> None:
    assert normal(text) == plain


def test_a_quote_holds_a_sentence_when_four_fifths_of_its_words_stand_in_their_order() -> None:
    assert holds(SENTENCE, SENTENCE)
    assert holds(f"Before. {SENTENCE.upper()} After.", SENTENCE)
    assert holds("has led the river group at Northfield since the spring of", SENTENCE)
    assert not holds("has led the river group at Northfield since the spring", SENTENCE)
    assert not holds(" ".join(reversed(SENTENCE.split())), SENTENCE)
    assert not holds("", SENTENCE)
    assert not holds(SENTENCE, "…")


def test_a_sentence_stands_on_every_page_that_repeats_it() -> None:
    assert stands_on(SENTENCE, f"Menu\n{SENTENCE.replace('river', '[river](https://r.example)')}\nFooter")
    assert not stands_on(SENTENCE, SENTENCE.replace("2019", "2018"))
    assert not stands_on("He is a profess", "He is a professor")


def test_exactly_a_piece_is_a_quote_or_one_of_its_passages() -> None:
    assert is_exactly("the river group", "The river\ngroup")
    assert is_exactly("She leads it. … the river group", "the river group")
    assert not is_exactly("the river group at Northfield", "the river group")


def test_the_longest_common_subsequence_may_skip_on_both_sides() -> None:
    assert common_length(["a", "b", "c", "d"], ["x", "a", "y", "c", "d", "z"]) == 3
    assert common_length([], ["a"]) == 0
