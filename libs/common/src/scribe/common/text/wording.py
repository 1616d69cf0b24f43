"""Comparing texts that people and models write: case, accents, quotes, dashes and spaces do not count."""

import re

from scribe.common.text.folding import fold, fold_accents

__all__ = ["fold", "fold_accents", "paragraphs", "sentences", "words"]

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|prof|mr|mrs|ms|mx|st|jr|sr|vs|etc|e\.g|i\.e|cf|al|no|fig|vol|ph\.d|dipl|ing|rer|nat|hon)|\b[A-Z])\.$",
    re.IGNORECASE,
)
MAX_ABBREVIATION = 12
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9À-ÞŁŚŠŻŽ{])")


def words(text: str) -> list[str]:
    """The words and numbers of a text, as `fold` leaves them."""
    return _WORD.findall(fold(text))


def sentences(text: str) -> list[str]:
    """The sentences of a text, none over a line's end; abbreviations such as `Dr.` and initials end none."""
    found: list[str] = []
    for line in text.splitlines():
        found.extend(_sentences_of_line(line))
    return found


def _sentences_of_line(line: str) -> list[str]:
    found: list[str] = []
    begin = 0
    for end in _SENTENCE_END.finditer(line):
        if _ABBREVIATION.search(line[max(begin, end.start() - MAX_ABBREVIATION) : end.start()]):
            continue
        found.append(line[begin : end.end()].strip())
        begin = end.end()
    found.append(line[begin:].strip())
    return [sentence for sentence in found if sentence]


def paragraphs(text: str) -> list[str]:
    """The parts of a text between blank lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
