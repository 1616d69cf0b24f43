"""What in a sentence says something: details (names, acronyms, numbers) and telling words, in forms to be compared."""

import re
from collections.abc import Iterator

from scribe.common.text.wording import fold_accents, words
from scribe.composer.vocabulary import GENERIC, GRAVE

STEM = 5
MAX_ACRONYM = 5

_LITTLE = frozenset({"of", "the", "and", "for", "in", "at", "on", "to", "a", "an", "de", "la"})
_DOTS = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_PLURAL = re.compile(r"(?<=[A-Z]{2})['’]?s$")

_TOKEN = re.compile(r"[^\W_]+(?:[.,'’/+-][^\W_]+)*")


def details_of(sentence: str, *, nouns_are_capitalised: bool = False) -> set[str]:
    """Names, acronyms, numbers and grave words: capitalised words after the first, words in capitals, what has a digit.

    Where nouns are capitalised, of a word such as `mRNA-Impfstoff` only the acronym counts.
    """
    found: set[str] = set()
    for index, match in enumerate(_TOKEN.finditer(sentence)):
        word = match.group()
        opens_quote = match.start() > 0 and sentence[match.start() - 1] in "“\"„«‘'*_"
        first = index == 0 and not opens_quote
        if word[0].isupper() and not first and not nouns_are_capitalised:
            found |= _token_parts(word)
        parts = word.split("-") if nouns_are_capitalised else [word]
        found |= {form for part in parts if _is_marked(part) for form in _token_parts(part)}
    return found | (_token_parts("-".join(words(sentence))) & set(GRAVE.values()))


def _is_marked(word: str) -> bool:
    return any(char.isdigit() for char in word) or sum(map(str.isupper, word)) > 1


def tokens(text: str) -> set[str]:
    """Every word of a text in the forms in which `details_of` names details, and what its words can be shortened to."""
    return {part for match in _TOKEN.finditer(text) for part in _token_parts(match.group())} | set(_initials(text))


def _token_parts(word: str) -> set[str]:
    parts = re.split(r"[-/'’+]", _DOTS.sub("", _PLURAL.sub("", word)).replace(",", ""))
    forms = (_form(part.strip(".")) for part in parts)
    return {GRAVE.get(form, form) for form in forms if len(form) > 1 or (form.isdigit() and len(parts) == 1)}


def _form(part: str) -> str:
    """In which words are compared. Two capitals stay: two initials make `WU` in many a text, but never `Wu`."""
    return part if len(part) == 2 and part.isalpha() and part.isupper() else fold_accents(part)


def _initials(text: str) -> Iterator[str]:
    """`nlp` where a text speaks of natural language processing, `mit` of the Massachusetts Institute of Technology."""
    firsts = [part[0] for word in words(text) for part in word.split("-") if part and part not in _LITTLE]
    for size in range(2, MAX_ACRONYM + 1):
        yield from (_form("".join(firsts[at : at + size]).upper()) for at in range(len(firsts) - size + 1))


def telling(sentence: str) -> dict[str, str]:
    """The words that could say something, by their stems."""
    long = (part for word in words(sentence) for part in word.split("-") if len(part) > 3 and part.isalpha())
    return {_stem(word): word for word in long if word not in GENERIC}


def stems(text: str) -> set[str]:
    """The stems of all words of a text."""
    return {_stem(part) for word in words(text) for part in re.split(r"[-']", word)}


def sequence(text: str) -> str:
    """A text as its bare words in a row, with a space at both ends, for finding one text in another."""
    return f" {' '.join(words(fold_accents(text)))} "


def _stem(word: str) -> str:
    return fold_accents(word)[:STEM]
