"""Whether a quote holds a sentence: the rules of `trials/README.md`, shared with nothing that is judged by them."""

import html
import re
from collections.abc import Sequence

COVERED = 0.8
"""The share of a sentence's words that a quote must hold, in their order."""

_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)")
_MARK = re.compile(r"\[\s*\d{1,3}\s*\]")
_EMPHASIS = re.compile(r"\*\*|_")
_APOSTROPHE = str.maketrans("‘’", "''")
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF])
_WORD = re.compile(r"[\w']+")


def normal(text: str) -> str:
    """The normal form: entities decoded, links as their text, without reference marks, `_` and `**`, on one line.

    Soft hyphens and zero-width spaces, which nobody sees, are no part of a word.
    """
    plain = html.unescape(text).translate(_APOSTROPHE).translate(_INVISIBLE)
    plain = _MARK.sub("", _LINK.sub(r"\1", plain))
    return " ".join(_EMPHASIS.sub("", plain).split())


def words(text: str) -> list[str]:
    """The words of a text in its normal form, in lower case."""
    return [word for found in _WORD.findall(normal(text)) if (word := found.strip("'").casefold())]


def stands_on(sentence: str, page: str) -> bool:
    """Whether a page, or a mirror of it, holds a sentence."""
    return f" {' '.join(words(sentence))} " in f" {' '.join(words(page))} "


def holds(quote: str, sentence: str) -> bool:
    """Whether a quote holds enough of a sentence's words in their order."""
    wanted = words(sentence)
    return bool(wanted) and common_length(wanted, words(quote)) >= COVERED * len(wanted)


def is_exactly(quote: str, piece: str) -> bool:
    """Whether a quote, or a passage of one that has several, is that piece and no more."""
    return any(words(passage) == words(piece) for passage in (quote, *quote.split(" … ")))


def common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    lengths = [0] * (len(second) + 1)
    for word in first:
        diagonal = 0
        for at, other in enumerate(second, 1):
            above = lengths[at]
            lengths[at] = diagonal + 1 if word == other else max(above, lengths[at - 1])
            diagonal = above
    return lengths[-1]
