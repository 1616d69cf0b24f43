"""What in a sentence says something: details (names, acronyms, numbers) and telling words, in forms to be compared."""

import re

from scribe.common.wording import fold_accents, words
from scribe.composer.vocabulary import GENERIC

STEM = 5

_TOKEN = re.compile(r"[^\W_]+(?:[.,'’/+-][^\W_]+)*")


def details_of(sentence: str, *, nouns_are_capitalised: bool = False) -> set[str]:
    """Names, acronyms and numbers: capitalised words after the first, words in capitals, whatever has a digit."""
    found: set[str] = set()
    for index, match in enumerate(_TOKEN.finditer(sentence)):
        word = match.group()
        opens_quote = match.start() > 0 and sentence[match.start() - 1] in "“\"„«‘'*_"
        first = index == 0 and not opens_quote
        is_name = word[0].isupper() and not first and not nouns_are_capitalised
        if any(char.isdigit() for char in word) or sum(map(str.isupper, word)) > 1 or is_name:
            found |= _token_parts(word)
    return found


def tokens(text: str) -> set[str]:
    """Every word of a text in the forms in which `details_of` names details."""
    return {part for match in _TOKEN.finditer(text) for part in _token_parts(match.group())}


def _token_parts(word: str) -> set[str]:
    parts = re.split(r"[-/'’+]", fold_accents(word).replace(",", ""))
    return {part.strip(".") for part in parts if len(part.strip(".")) > 1 or (part.isdigit() and len(parts) == 1)}


def telling(sentence: str) -> set[str]:
    """The stems of the words that could say something."""
    long = (part for word in words(sentence) for part in word.split("-") if len(part) > 3 and part.isalpha())
    return {_stem(word) for word in long if word not in GENERIC}


def stems(text: str) -> set[str]:
    """The stems of all words of a text."""
    return {_stem(part) for word in words(text) for part in re.split(r"[-']", word)}


def sequence(text: str) -> str:
    """A text as its bare words in a row, with a space at both ends, for finding one text in another."""
    return f" {' '.join(words(fold_accents(text)))} "


def _stem(word: str) -> str:
    return fold_accents(word)[:STEM]
