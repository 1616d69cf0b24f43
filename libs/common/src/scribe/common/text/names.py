"""People's names, taken apart and folded to plain lower-case letters.

Only Latin letters are understood: arXiv's records hold no others.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from scribe.common.text.name_words import DEGREES, FAMILY_FIRST, PARTICLES, SUFFIXES, TITLES, TITLES_AFTER_A_TITLE

MAX_NAME = 255

STROKES = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_NICKNAME = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb(\\[]([^"\u201c\u201d\u201e\u00ab\u00bb()\\[\\]]*)["\u201c\u201d\u201e\u00ab\u00bb)\\]]'
)
_SINGLE_QUOTED = re.compile("(?<!\\w)['\u2018]([^'\u2018\u2019]+)['\u2019](?!\\w)")
_WRITTEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_LATIN_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class PersonName:
    """A name in folded words. `given` holds names and initials in order; `particles` belong to the family name."""

    given: tuple[str, ...]
    particles: tuple[str, ...]
    family: tuple[str, ...]
    nicknames: tuple[str, ...] = ()
    written: str = ""
    """The family name with its accents and apostrophes, where it has any: some indexes keep them."""

    @property
    def whole_family(self) -> str:
        """The family name with its particles, as one would search for it."""
        return " ".join((*self.particles, *self.family))


def fold(text: str) -> str:
    """Lower-case letters without accents, strokes and ligatures."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(STROKES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def parse_name(text: str) -> PersonName | None:
    """The name in `text` without titles, degrees and nicknames; None where it holds no name in Latin letters."""
    text = text[:MAX_NAME]
    aside = [*_NICKNAME.findall(text), *_SINGLE_QUOTED.findall(text)]
    name = _parse_plain(_SINGLE_QUOTED.sub(" ", _NICKNAME.sub(" ", text)))
    if name is None:
        return next((found for found in map(_parse_plain, aside) if found), None)
    nicknames = [words[0] for words in map(_flat_words, aside) if len(words) == 1 and len(words[0]) > 1]
    return replace(name, nicknames=tuple(nicknames), written=_written(name, text))


def _written(name: PersonName, text: str) -> str:
    family = "".join(name.family)
    tokens = (_APOSTROPHES.sub("'", token).casefold() for token in text.replace(",", " ").split())
    written = (token for token in tokens if _WRITTEN.fullmatch(token) and token != family)
    return next((token for token in written if "".join(_flat_words(token)) == family), "")


def _parse_plain(text: str) -> PersonName | None:
    given = [tokens for part in text.split(",") if (tokens := _tokens(part))]
    parts = [*given[:1], *(tokens for tokens in given[1:] if not _is_degree(tokens))]
    if not parts:
        return None
    first = _without_titles(parts[0])
    if len(parts) == 1:
        return _given_first(_without_suffixes(first))
    return _family_first(first, _without_titles(parts[1]))


def _given_first(tokens: list[list[str]]) -> PersonName | None:
    """`Jean de la Fontaine`: the family name is what follows the first particle, else the last word."""
    if not tokens or (len(tokens) == 1 and tokens[0][0] in TITLES):
        return None
    inner = range(1, len(tokens) - 1)
    start = next((i for i in inner if tokens[i][0] in PARTICLES), len(tokens) - 1)
    particles, family = _split_particles(tokens[start:])
    return PersonName(_flat(tokens[:start]), particles, family)


def _family_first(family_tokens: list[list[str]], given_tokens: list[list[str]]) -> PersonName | None:
    """`Fontaine, Jean de la` and `de la Fontaine, Jean`."""
    if not family_tokens or not given_tokens:
        return _given_first(family_tokens or given_tokens)
    particles, family = _split_particles(family_tokens)
    end = len(given_tokens)
    while end > 1 and given_tokens[end - 1][0] in PARTICLES:
        end -= 1
    return PersonName(_flat(given_tokens[:end]), (*_flat(given_tokens[end:]), *particles), family)


def _split_particles(tokens: list[list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    last = len(tokens) - 1
    count = next((i for i, words in enumerate(tokens) if words[0] not in PARTICLES or i == last), last)
    return _flat(tokens[:count]), _flat(tokens[count:])


def _without_titles(tokens: list[list[str]]) -> list[list[str]]:
    seen: set[str] = set()
    for start, (word, *_) in enumerate(tokens[:-1]):
        if word not in TITLES and (word not in TITLES_AFTER_A_TITLE - seen or not seen):
            return tokens[start:]
        seen.add(word)
    return tokens[-1:]


def _without_suffixes(tokens: list[list[str]]) -> list[list[str]]:
    while len(tokens) > 2 and "".join(tokens[-1]) in SUFFIXES:
        tokens = tokens[:-1]
    return tokens


def _is_degree(tokens: list[list[str]]) -> bool:
    return all("".join(words) in DEGREES for words in tokens)


def _tokens(text: str) -> list[list[str]]:
    """Words of the text, each with its hyphenated parts: `Y. -J. Kao` is `[[y], [j], [kao]]`."""
    folded = fold(_APOSTROPHES.sub("", text)).replace("ph.d", "phd").replace("\u2010", "-").replace("\u2011", "-")
    found = (_LATIN_WORD.findall(token) for token in folded.replace(".", ". ").split())
    return [words for words in found if words]


def _flat(tokens: Iterable[list[str]]) -> tuple[str, ...]:
    return tuple(word for words in tokens for word in words)


def _flat_words(text: str) -> tuple[str, ...]:
    return _flat(_tokens(text))


def reversed_reading(name: PersonName) -> PersonName | None:
    """The name with its first word as the family name, where it may have been written so (`Wang Xiaoming`)."""
    if name.particles or not name.given or name.family[0] in FAMILY_FIRST or name.given[0] not in FAMILY_FIRST:
        return None
    return PersonName((*name.given[1:], *name.family), (), name.given[:1])


def spellings(name: PersonName) -> tuple[str, ...]:
    """How records may spell the name, as phrases to search for: in full, with the first name only, by initials."""
    found: list[str] = []
    for reading in filter(None, (name, reversed_reading(name))):
        family = reading.whole_family
        initials = " ".join(word[0] for word in reading.given)
        firsts = [" ".join(reading.given), *reading.given[:1], *reading.nicknames, initials, initials[:1]]
        found += [f"{first} {family}" for first in firsts if first] or [family]
    if name.written and name.given:
        found += [f"{first} {name.written}" for first in (" ".join(name.given), name.given[0][0])]
    return tuple(dict.fromkeys(found))
