"""Sentences, by rules for some three hundred languages. Each is a verbatim piece of its text."""

import re
from collections.abc import Iterable, Iterator

import sentencex

MAX_AT_ONCE = 2_000
"""Characters that are segmented at once: the time then grows linearly, whatever the text is."""
DEFAULT_LANGUAGE = "en"
"""Whose rules are used where the language is not known; languages differ only in their abbreviations."""
_STOPS = (". ", "? ", "! ", "… ")
_ENDS_AT_TITLE = re.compile(
    r"(?<!\w)(?:Ph|(?:Univ\.-?)?Prof|Dr|Priv|Doz|habil|Mag|Dipl|Ing|RNDr|PhDr|MUDr|JUDr|Mgr|Bc|Doc|Assoc|Asst)\.\s*$",
    re.IGNORECASE,
)
"""Titles before a name; "Ph." is one of which the rest was cut off."""


def split_sentences(text: str, language: str | None = None) -> list[str]:
    """The sentences of a text, none over a line's end. `language` is an ISO 639-1 code."""
    return [
        sentence
        for line in text.splitlines()
        for part in parts_of(line, MAX_AT_ONCE)
        for piece in _joined_at_titles(sentencex.segment(language or DEFAULT_LANGUAGE, part))
        if (sentence := piece.strip())
    ]


def _joined_at_titles(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces, with those joined that were cut after the stop of a title: the rules know few of other languages."""
    held = ""
    for piece in pieces:
        held += piece
        if not _ENDS_AT_TITLE.search(held[-20:]):
            yield held
            held = ""
    yield held


def parts_of(line: str, size: int) -> Iterator[str]:
    """A line in parts of at most `size` characters, cut after sentences, else at blanks, where there are any."""
    start = 0
    while len(line) - start > size:
        stop = max(line.rfind(end, start + size // 2, start + size) for end in _STOPS)
        blank = line.rfind(" ", start, start + size)
        end = stop + 2 if stop > start else blank + 1 if blank > start else start + size
        yield line[start:end]
        start = end
    yield line[start:]
