"""Comparing texts that people and models write: case, accents, quotes, dashes and spaces do not count."""

import re

from scribe.common.text.folding import fold, fold_accents

__all__ = ["fold", "fold_accents", "paragraphs", "words"]

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words and numbers of a text, as `fold` leaves them."""
    return _WORD.findall(fold(text))


def paragraphs(text: str) -> list[str]:
    """The parts of a text between blank lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
