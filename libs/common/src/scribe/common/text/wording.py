"""Comparing texts that people and models write: case, accents, quotes, dashes and spaces do not count."""

import re

from scribe.common.text.folding import APOSTROPHES, HYPHENS, fold

WORD = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}{HYPHENS}][^\W_]+)*")
"""A word or a number, with the apostrophes and hyphens inside it: the same one before and after `fold`."""


def words(text: str) -> list[str]:
    """The words and numbers of a text, as `fold` leaves them."""
    return WORD.findall(fold(text))


def paragraphs(text: str) -> list[str]:
    """The parts of a text between blank lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
