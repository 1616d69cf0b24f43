"""Whether two spellings can be one person's name."""

from collections.abc import Iterable
from dataclasses import replace
from enum import IntEnum
from functools import cache
from itertools import product

from nicknames import NickNamer

from scribe.common.text.folding import fold_accents
from scribe.common.text.name_words import KEPT_PARTICLES
from scribe.common.text.names.parsing import parse_name
from scribe.common.text.names.person import PersonName, double_surname, first_surname, reversed_reading
from scribe.common.text.names.variants import OTHER_VARIANTS


class Match(IntEnum):
    """How well two spellings agree; the higher the better."""

    NONE = 0
    GUESS = 1
    """The initial of the given name, and only if one of the names is read in reverse order."""
    INITIAL = 2
    """The family name and the first letter of the given name."""
    VARIANT = 3
    """The family name and another form of the given name: Chris and Christopher."""
    FULL = 4
    """The family name and a given name in full."""


def best_match(person: PersonName, authors: Iterable[str]) -> Match:
    """The best match among several names."""
    return max((matches(person, author) for author in authors), default=Match.NONE)


def matches(person: PersonName, name: str) -> Match:
    """How well a written name agrees with the person's: initials, order, particles, accents and hyphens may differ."""
    other = parse_name(name)
    return compare_names(person, other) if other else Match.NONE


def same_person(one: str, other: str) -> bool:
    """Whether two written names can be one person's, with a given name or an initial that agrees."""
    mine, theirs = parse_name(one), parse_name(other)
    if mine is None or theirs is None:
        return mine is theirs and fold_accents(one) == fold_accents(other)
    return compare_names(mine, theirs) >= Match.INITIAL


def compare_names(mine: PersonName, theirs: PersonName) -> Match:
    """How well two names agree."""
    as_written = _best(_readings(mine), _readings(theirs))
    if as_written is Match.FULL:
        return as_written
    turned = max(_best(_turned(mine), _readings(theirs)), _best(_readings(mine), _turned(theirs)))
    return max(as_written, Match.GUESS if turned is Match.INITIAL else turned)


def _best(mine: Iterable[PersonName], theirs: Iterable[PersonName]) -> Match:
    return max((_match(one, other) for one, other in product(mine, tuple(theirs))), default=Match.NONE)


def _readings(name: PersonName) -> tuple[PersonName, ...]:
    """The name, with each nickname as the given name, and with two Spanish family names or the first of them."""
    nicknamed = [replace(name, given=(nickname,)) for nickname in name.nicknames]
    return (name, *nicknamed, *filter(None, (double_surname(name), first_surname(name))))


def _turned(name: PersonName) -> tuple[PersonName, ...]:
    turned = reversed_reading(name)
    return (turned,) if turned else ()


def _match(mine: PersonName, theirs: PersonName) -> Match:
    return _match_given(mine, theirs) if _same_family(mine, theirs) else Match.NONE


def _same_family(mine: PersonName, theirs: PersonName) -> bool:
    if _forms(mine, (*mine.particles, *mine.family)) & _forms(theirs, (*theirs.particles, *theirs.family)):
        return True
    return bool(_forms(mine, mine.family) & _forms(theirs, theirs.family)) and _kept(mine) == _kept(theirs)


def _forms(name: PersonName, words: tuple[str, ...]) -> set[str]:
    """The words in one, with and without umlauts written out."""
    others = dict(name.transliterations)
    return {"".join(words), "".join(others.get(word, word) for word in words)}


def _kept(name: PersonName) -> list[str]:
    return [particle for particle in name.particles if particle in KEPT_PARTICLES]


def _match_given(one: PersonName, other: PersonName) -> Match:
    mine, theirs = one.given, other.given
    if not mine or not theirs:
        return Match.FULL if mine == theirs else Match.NONE
    if _forms(one, mine) & _forms(other, theirs) or _in_step(one, other):
        return Match.INITIAL if 1 in (len(mine[0]), len(theirs[0])) else Match.FULL
    if _called_by_middle_name(mine, theirs) or _called_by_middle_name(theirs, mine):
        return Match.FULL
    if are_variants(mine[0], theirs[0]) and _in_step(_without_first(one), _without_first(other)):
        return Match.VARIANT
    return Match.INITIAL if _abbreviates(mine, theirs) or _abbreviates(theirs, mine) else Match.NONE


def _without_first(name: PersonName) -> PersonName:
    return replace(name, given=name.given[1:])


def _in_step(mine: PersonName, theirs: PersonName) -> bool:
    """Whether the given names agree position by position; an initial agrees with every name that begins with it."""
    return all(
        mine.forms_of(one) & theirs.forms_of(other) or (1 in (len(one), len(other)) and one[0] == other[0])
        for one, other in zip(mine.given, theirs.given, strict=False)
    )


def _abbreviates(initials: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """`X. M.` for `Xiaoming`: the first letter, and the others somewhere after it in their order."""
    if any(len(word) > 1 for word in initials) or names[0][0] != initials[0]:
        return False
    letters = iter("".join(names))
    return all(letter in letters for letter in initials)


def _called_by_middle_name(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """J. Robert, called Robert."""
    return len(short) == 1 and len(short[0]) > 1 and len(long) > 1 and len(long[0]) == 1 and short[0] == long[1]


@cache
def _nick_namer() -> NickNamer:
    return NickNamer()


def are_variants(one: str, other: str) -> bool:
    """Whether two given names are forms of one: Chris and Christopher, Sasha and Aleksandr."""
    if any(one in group and other in group for group in OTHER_VARIANTS):
        return True
    return other in _nick_namer().nicknames_of(one) or one in _nick_namer().nicknames_of(other)
