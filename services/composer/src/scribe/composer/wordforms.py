"""The words of a text in forms that can be compared."""

import re

from scribe.common.text.folding import fold_accents
from scribe.common.text.terms import stem
from scribe.common.text.wording import words

MIN_CONTENT_WORD = 4


def sequence(text: str) -> str:
    """A text as its bare words in a row, with a space at both ends, for finding one text in another."""
    return f" {' '.join(words(fold_accents(text)))} "


def content_words(text: str) -> dict[str, str]:
    """The words that could say something, by their stems: those of four letters or more, and all with a digit."""
    parts = (part for word in words(text) for part in word.split("-"))
    found = (part for part in parts if len(part) >= MIN_CONTENT_WORD or any(map(str.isdigit, part)))
    return {stem(fold_accents(part)): part for part in found}


def stems(text: str) -> set[str]:
    """The stems of all words of a text."""
    return {stem(part) for word in words(fold_accents(text)) for part in re.split(r"[-'’]", word)}
