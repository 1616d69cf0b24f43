"""Whether the details of a statement stand in its passages: names, numbers, years, quoted titles. No model decides."""

import re
from collections.abc import Iterator

from scribe.common.text.details import known_numbers, quotations_of, titles_of, unknown_numbers
from scribe.common.text.folding import fold_accents
from scribe.common.text.name_words import TITLES
from scribe.scraper.name_matcher import NameMatcher

_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*\.?")
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""A passage may have a number instead, or the word of another language."""
_CAPITALISES_NOUNS = frozenset({"de", "lb"})
MIN_PREFIX, MAX_ENDING = 4, 3
"""Two forms of a name share so many letters at least, and differ in so many at the end: America, American."""


class PassageDetails:
    """The words of the passages (and page titles) that a statement rests on."""

    def __init__(self, text: str) -> None:
        words = [_plain(word) for word in _WORD.findall(text)]
        self._row = f" {' '.join(_pieces(text))} "
        self._words = frozenset(words) | frozenset(_pieces(text))
        self._initials = (_initials(text), _initials(" ".join(w for w in _WORD.findall(text) if w[0].isupper())))
        self._quotations = max(len(quotations_of(text)), len(titles_of(text)))  # the latter also in single marks
        self._numbers = known_numbers(text)

    def missing(self, statement: str, recipient: NameMatcher, language: str | None, *, is_translated: bool) -> str:
        """The first detail of the statement that does not stand in the evidence, else nothing.

        Names change in translation, so those of a statement in another language than its passages are not compared, and
        what stands in quotation marks may be the translation of what does so there.
        """
        for number in unknown_numbers(statement, self._numbers):
            return number
        foreign = [title for title in quotations_of(statement) if f" {' '.join(_pieces(title))} " not in self._row]
        if len(foreign) > (self._quotations if is_translated else 0):
            return foreign[0]
        if is_translated:
            return ""
        return next((name for name in names(statement, recipient, language) if not self._holds_name(name)), "")

    def _holds_name(self, name: str) -> bool:
        """A name of one word or more: each word in one of its forms, or the whole as an abbreviation."""
        if "".join(word[0] for word in name.split()).casefold() in self._words and " " in name:
            return True
        return all(self._holds(word) for word in name.split())

    def _holds(self, word: str) -> bool:
        plain = _plain(word)
        if plain in self._words or all(piece in self._words for piece in _pieces(word)):
            return True
        if word.isupper() and len(plain) > 1 and any(plain in initials for initials in self._initials):
            return True
        return any(_is_form(plain, known) for known in self._words)


def names(statement: str, recipient: NameMatcher, language: str | None) -> Iterator[str]:
    """The runs of capitalised words, without months, titles, the recipient's name and the first word of the statement.
    In languages that capitalise nouns, a single word is no name.
    """
    run: list[str] = []
    least = 2 if language in _CAPITALISES_NOUNS else 1
    no_names = recipient.words | TITLES | frozenset(_MONTHS.split())
    for word in [*_WORD.findall(statement)[1:], ""]:
        if word[:1].isupper() and not set(_pieces(word)) & no_names:
            run.append(word.rstrip("."))
            continue
        if len(run) >= least:
            yield " ".join(run)
        run = []


def _plain(word: str) -> str:
    """`Ph.D.` as `phd`, `Rostami’s` as `rostami`."""
    folded = fold_accents(word).removesuffix("'s")
    return "".join(filter(str.isalnum, folded))


def _pieces(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold_accents(text))


def _initials(text: str) -> str:
    return "".join(piece[0] for piece in _pieces(text))


def _is_form(word: str, known: str) -> bool:
    length = max(MIN_PREFIX, len(word) - MAX_ENDING)
    return len(known) >= MIN_PREFIX and word[:length] == known[:length] and len(known) <= len(word) + MAX_ENDING
