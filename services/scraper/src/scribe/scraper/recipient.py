"""Telling whether a sentence speaks of the recipient."""

import re
from dataclasses import dataclass

from scribe.common.text.name_words import KEPT_PARTICLES
from scribe.common.text.names import PersonName, fold, parse_name

_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile("['\u2019]s\\b")
_APOSTROPHE = re.compile("(?<=\\w)['\u2019](?=\\w)")
_PRONOUN = re.compile(
    r"^(?:(?:In|Since|From|After|Before|During|Until|By)\s[^,]{2,40},\s+)?(?P<pronoun>She|He|They|Her|His|Their)\s",
    re.IGNORECASE,
)
_SUBJECTS = {"he": "he", "his": "he", "she": "she", "her": "she"}
_NO_GIVEN_NAME = re.compile(
    r"professor|prof|dr|doctor|mr|mrs|ms|miss|sir|dame|lord|lady|and|by|with|of|for|from|to|the|about"
)
_REACH = 3
"""Words in front of the family name among which the given name stands."""


@dataclass(frozen=True)
class _Word:
    plain: str
    capital: bool


@dataclass(frozen=True)
class Recipient:
    """The person looked for. `name` is None where it is not in Latin letters: then the whole name is looked for."""

    written: str
    name: PersonName | None

    @classmethod
    def named(cls, written: str) -> "Recipient":
        """The recipient as the user wrote the name."""
        return cls(written.strip(), parse_name(written))

    @property
    def short(self) -> str:
        """The name without titles, given name first, for a sentence about the person."""
        if self.name is None:
            return self.written
        kept = {*self.name.given, *self.name.particles, *self.name.family}
        parts = [[w for w in part.split() if {x.plain for x in _words(w)} <= kept] for part in self.written.split(",")]
        words = [
            word for part in (parts[1:2] + parts[:1] if len(parts) > 1 and parts[1] else parts[:1]) for word in part
        ]
        return " ".join(words) or self.written

    def named_in_full(self, text: str) -> bool:
        """Whether the text holds the family name with a given name or initial that agrees."""
        return any(agrees for agrees in self._mentions(text))

    def named_in(self, sentence: str) -> bool:
        """Whether the sentence names the person; the family name alone is enough, with another given name it is not."""
        return any(agrees is not False for agrees in self._mentions(sentence))

    def speaks_of(self, sentence: str, *, follows: bool) -> bool:
        """Whether the sentence is about the person; `follows` says that the one in front of it is."""
        return self.named_in(sentence) or (follows and _PRONOUN.match(sentence) is not None)

    def pronoun_of(self, sentence: str) -> str:
        """`he` or `she` where a sentence speaks of somebody by it alone, else empty."""
        match = None if self.named_in(sentence) else _PRONOUN.match(sentence)
        return _SUBJECTS.get(match["pronoun"].lower(), "") if match else ""

    def with_subject(self, sentence: str) -> str:
        """The sentence with the name instead of the pronoun that is its subject."""
        match = _PRONOUN.match(sentence)
        if match is None or match["pronoun"].lower() in {"they", "their"}:
            return sentence
        owner = "'s" if match["pronoun"].lower() in {"his", "her"} else ""
        return f"{sentence[: match.start('pronoun')]}{self.short}{owner}{sentence[match.end('pronoun') :]}"

    def _mentions(self, text: str) -> list[bool | None]:
        """For each place that may name the person: True with the given name, False with another's, None with none."""
        if self.name is None:
            return [True] if fold(self.written) in fold(text) else []
        wanted = (*(p for p in self.name.particles if p in KEPT_PARTICLES), *self.name.family)
        words = _words(text)
        size = len(wanted)
        return [
            self._agrees(words[:start], words[start + size :])
            for start in range(len(words) - size + 1)
            if words[start + size - 1].capital and all(words[start + i].plain == wanted[i] for i in range(size))
        ]

    def _agrees(self, before: list[_Word], after: list[_Word]) -> bool | None:
        name = self.name
        if name is None or not name.given:
            return True
        while before and before[-1].plain in name.particles:
            before = before[:-1]
        known = (*name.given, *name.nicknames)
        if any(word.capital and _agree(word.plain, known) for word in (*before[-_REACH:], *after[:1])):
            return True
        if not before or not before[-1].capital or _NO_GIVEN_NAME.fullmatch(before[-1].plain):
            return None
        return False


def _agree(word: str, known: tuple[str, ...]) -> bool:
    """A word against the given names: the same, or one the initial of the other."""
    return any(word == name or (1 in (len(word), len(name)) and word[0] == name[0]) for name in known)


def _words(text: str) -> list[_Word]:
    joined = _APOSTROPHE.sub("", _POSSESSIVE.sub("", text))
    return [_Word("".join(re.findall("[a-z]+", fold(word))), word[0].isupper()) for word in _WORD.findall(joined)]
