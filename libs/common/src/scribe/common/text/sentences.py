"""Sentences, by rules for some three hundred languages. Each is a verbatim piece of its text."""

from collections.abc import Iterator

import sentencex

MAX_AT_ONCE = 2_000
"""Characters that are looked at together: the time then grows with the text, whatever the text is."""
DEFAULT_LANGUAGE = "en"
"""Of the rules where the language is not known; they differ in abbreviations only."""


def split_sentences(text: str, language: str | None = None) -> list[str]:
    """The sentences of a text, none over a line's end. `language` is an ISO 639-1 code."""
    return [
        sentence
        for line in text.splitlines()
        for part in parts_of(line, MAX_AT_ONCE)
        for piece in sentencex.segment(language or DEFAULT_LANGUAGE, part)
        if (sentence := piece.strip())
    ]


def parts_of(line: str, size: int) -> Iterator[str]:
    """A line in parts of at most `size` characters, cut at blanks where there are any."""
    start = 0
    while len(line) - start > size:
        blank = line.rfind(" ", start, start + size)
        end = blank + 1 if blank > start else start + size
        yield line[start:end]
        start = end
    yield line[start:]
