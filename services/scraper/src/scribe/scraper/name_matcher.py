"""Finding the recipient's name in texts."""

import re
from dataclasses import dataclass
from functools import cached_property

from scribe.common.text.folding import fold_accents
from scribe.common.text.name_words import KEPT_PARTICLES, TITLES
from scribe.common.text.names import PersonName, parse_name

_ADDRESS = re.compile(r"[^\s@]{1,64}@\S{1,255}")
"""Of e-mail, in which a name stands too."""
_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile("['\u2019]s\\b")
_REACH = 3
"""Number of words before the family name within which the given name is searched."""
_MIN_HEADING_WORDS = 3


@dataclass(frozen=True)
class NameMatcher:
    """Finds the recipient's name in texts.

    `name` is None where it is not in Latin letters: then the whole of `written` is looked for.
    """

    written: str
    name: PersonName | None

    @classmethod
    def named(cls, written: str) -> "NameMatcher":
        """A matcher of the name as the user wrote it."""
        return cls(written.strip(), parse_name(written))

    @property
    def shown(self) -> str:
        """The name without titles and degrees."""
        return self.name.shown if self.name else self.written

    @cached_property
    def words(self) -> frozenset[str]:
        """The folded words of the name, each also in its other spelling."""
        if self.name is None:
            return frozenset(words_of(self.written))
        parts = (*self.name.given, *self.name.nicknames, *self.name.particles, *self.name.family)
        return frozenset(form for part in parts for form in self.name.forms_of(part)) | {"".join(self._family)}

    def is_named_in(self, text: str) -> bool:
        """Whether the text holds the family name, or the given name where it stands alone."""
        if self.name is None:
            return fold_accents(self.written) in fold_accents(text)
        found = words_of(text)
        return bool(self._places(found)) or any(word in found for word in self.name.given if len(word) > 2)

    def is_named_in_full(self, text: str) -> bool:
        """Whether the text holds the family name with a given name or its initial near it."""
        if self.name is None or not self.name.given:
            return self.is_named_in(text)
        found = words_of(text)
        return any(
            self._is_given(word)
            for start in self._places(found)
            for word in (*found[max(0, start - _REACH) : start], *found[start + len(self._family) :][:1])
        )

    def headings_end(self, sentence: str) -> int:
        """Where, in a sentence of a page whose lines were lost, headings end and a sentence about the person begins:
        before a full name that follows a capital or a number. 0 where it does not look so.
        """
        shown = _ADDRESS.sub(lambda found: " " * len(found.group()), sentence)
        words = list(_WORD.finditer(shown))
        plain = [fold_accents(word.group()) for word in words]
        for family in reversed(self._places(plain)):
            given = next((i for i in range(max(0, family - _REACH), family) if self._is_given(plain[i])), family)
            begin = words[given].start()
            if _MIN_HEADING_WORDS <= given < family and _ends_heading(shown[:begin], plain[given - 1]):
                return begin
        return 0

    @cached_property
    def _family(self) -> tuple[str, ...]:
        name = self.name
        return (*(p for p in name.particles if p in KEPT_PARTICLES), *name.family) if name else ()

    @cached_property
    def _wanted(self) -> tuple[frozenset[str], ...]:
        """For each word of the family name how it may be spelled."""
        return tuple(self.name.forms_of(word) for word in self._family) if self.name else ()

    def _places(self, words: list[str]) -> list[int]:
        """Where the family name begins."""
        if not self._wanted:
            return []
        first, *others = self._wanted
        return [
            start
            for start, word in enumerate(words[: len(words) - len(others)])
            if word in first and all(words[start + i] in forms for i, forms in enumerate(others, 1))
        ]

    def _is_given(self, word: str) -> bool:
        """A word against the given names: the same, or one the initial of the other."""
        known = (*self.name.given, *self.name.nicknames) if self.name else ()
        return any(word == name or (1 in (len(word), len(name)) and word[0] == name[0]) for name in known)


def words_of(text: str) -> list[str]:
    """The words of a text, folded, without the `'s` of an owner."""
    words = _WORD.findall(_POSSESSIVE.sub("", text))
    return [word.casefold() if word.isascii() else fold_accents(word) for word in words]  # of letters alone


def _ends_heading(before: str, last_word: str) -> bool:
    """Whether what stands before a name are headings that ran together, and no beginning of its sentence."""
    shown = before.rstrip()
    return shown[-1:].isalnum() and last_word not in TITLES and (shown.split()[-1][0].isupper() or shown[-1].isdigit())
