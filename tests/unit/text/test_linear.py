"""No text can keep a process busy: every pattern of the code base takes time in proportion to what it reads."""

import ast
import re
from collections.abc import Callable

import pytest

from scribe.common.text.fencing import fenced
from scribe.common.text.folding import fold, fold_accents
from scribe.common.text.injection import before_instructions, interest_in, reads_like_an_instruction
from scribe.common.text.names import parse_name, same_person
from scribe.common.text.placeholders import find_gaps, has_unbalanced_brace
from scribe.common.text.sentences import split_sentences
from scribe.common.text.templates import uniform
from scribe.common.text.terms import terms
from scribe.common.text.thinking import without_thinking
from scribe.common.text.wording import paragraphs, words
from scribe.composer.checks.filling import filling_of
from scribe.composer.checks.recipient import greeted_name
from tests.support.patterns import (
    FAST,
    KB,
    MAX_GROWTH,
    TOO_SLOW,
    bad_texts,
    calls_of_re,
    growth,
    modules,
    patterns,
    seconds,
)

PATTERNS = patterns()


def reading(pattern: "re.Pattern[str]", text: str) -> Callable[[], int]:
    """Looking for the pattern wherever it may begin."""
    return lambda: sum(1 for _ in pattern.finditer(text))


def slow_texts(pattern: "re.Pattern[str]") -> list[tuple[int, float]]:
    """The numbers of the texts of 10 kB that take long, and how long."""
    taken = ((number, seconds(reading(pattern, text))) for number, text in enumerate(bad_texts(pattern, 10 * KB)))
    return [(number, time) for number, time in taken if time >= FAST]


def text_of(pattern: "re.Pattern[str]", number: int, size: int) -> str:
    """One of the texts, in another size."""
    return next(text for at, text in enumerate(bad_texts(pattern, size)) if at == number)


@pytest.mark.parametrize("key", PATTERNS, ids=[found.place for found in PATTERNS.values()])
def test_a_pattern_takes_time_in_proportion_to_its_text(key: str) -> None:
    pattern = PATTERNS[key].pattern
    for number, time in slow_texts(pattern):
        shown = f"{text_of(pattern, number, 40)!r}…"
        assert time < TOO_SLOW, f"10 kB of {shown} take {time:.1f} s"
        ratios = growth(lambda size, number=number: reading(pattern, text_of(pattern, number, size)))  # type: ignore[misc]
        assert max(ratios) <= MAX_GROWTH, f"{shown}: {ratios}"


def test_no_pattern_is_built_while_the_program_runs() -> None:
    built = [
        f"{module.__name__}:{call.lineno}"
        for module in modules()
        for call, is_in_function in calls_of_re(module)
        if is_in_function and call.args and not isinstance(call.args[0], ast.Constant)
    ]
    assert built == []


def test_a_quadratic_pattern_would_be_seen() -> None:
    bad = re.compile(r"\s+$")
    assert any(seconds(reading(bad, text)) >= FAST for text in bad_texts(bad, 10 * KB))
    sizes = (1 * KB, 2 * KB, 4 * KB)
    assert max(growth(lambda size: reading(bad, " " * size + "a"), sizes)) > MAX_GROWTH


PIECES = (
    " ",
    "A. ",
    "a b ",
    "- ",
    "[",
    "{{",
    "{{a",
    "[a](",
    "<",
    "< ",
    "<think>",
    "</think>",
    "Dear ",
    "list ",
    "list: ",
    "\n",
    "___ ",
)
READERS: tuple[Callable[[str], object], ...] = (
    *(lambda text: fenced("x", text), fold, fold_accents, before_instructions, interest_in, reads_like_an_instruction),
    *(
        parse_name,
        lambda text: same_person(text, text),
        find_gaps,
        has_unbalanced_brace,
        split_sentences,
        uniform,
        terms,
    ),
    *(without_thinking, paragraphs, words),
    *(lambda text: filling_of("{{x}}", f"{text[:400]} {{{{x}}}} {text[:400]}", text), greeted_name),
)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("piece", PIECES)
def test_reading_takes_time_in_proportion_to_the_text(read: Callable[[str], object], piece: str) -> None:
    def on(size: int) -> Callable[[], object]:
        text = f"Dear {piece * (size // len(piece))}\x00"
        return lambda: read(text)

    if (time := seconds(on(10 * KB))) >= FAST:
        assert time < TOO_SLOW
        assert max(growth(on)) <= MAX_GROWTH
