"""Whether an author, as a record spells one, can be the person looked for."""

from collections.abc import Iterable
from enum import IntEnum
from itertools import product

from scribe.common.text.name_words import KEPT_PARTICLES
from scribe.common.text.names import PersonName, parse_name, reversed_reading


class Match(IntEnum):
    """How well two spellings agree; the higher the better."""

    NONE = 0
    GUESS = 1
    """By an initial, and only when the words of one of the names change places."""
    INITIAL = 2
    """The family name and the first letter of the given name."""
    FULL = 3
    """The family name and a given name in full."""


def best_match(person: PersonName, authors: Iterable[str]) -> Match:
    """The best match among a record's authors."""
    return max((match_author(person, author) for author in authors), default=Match.NONE)


def match_author(person: PersonName, author: str) -> Match:
    """How well `author` agrees with the person's name: initials, order, particles, accents and hyphens may differ."""
    parsed = parse_name(author)
    if parsed is None:
        return Match.NONE
    as_written = _best(_readings(person), _readings(parsed))
    if as_written is Match.FULL:
        return as_written
    turned = max(_best(_turned(person), _readings(parsed)), _best(_readings(person), _turned(parsed)))
    return max(as_written, Match.GUESS if turned is Match.INITIAL else turned)


def _best(mine: Iterable[PersonName], theirs: Iterable[PersonName]) -> Match:
    return max((_match(one, other) for one, other in product(mine, tuple(theirs))), default=Match.NONE)


def _readings(name: PersonName) -> tuple[PersonName, ...]:
    """The name, with each nickname as the given name, and with its last two words as a double family name."""
    nicknamed = [PersonName((nickname,), name.particles, name.family) for nickname in name.nicknames]
    if len(name.given) < 2 or len(name.given[-1]) == 1 or name.particles:
        return (name, *nicknamed)
    return (name, *nicknamed, PersonName(name.given[:-1], (), (name.given[-1], *name.family)))


def _turned(name: PersonName) -> tuple[PersonName, ...]:
    turned = reversed_reading(name)
    return (turned,) if turned else ()


def _match(mine: PersonName, theirs: PersonName) -> Match:
    return _match_given(mine.given, theirs.given) if _same_family(mine, theirs) else Match.NONE


def _same_family(mine: PersonName, theirs: PersonName) -> bool:
    if "".join((*mine.particles, *mine.family)) == "".join((*theirs.particles, *theirs.family)):
        return True
    return "".join(mine.family) == "".join(theirs.family) and _kept(mine) == _kept(theirs)


def _kept(name: PersonName) -> list[str]:
    return [particle for particle in name.particles if particle in KEPT_PARTICLES]


def _match_given(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Match:
    if not mine or not theirs:
        return Match.FULL if mine == theirs else Match.NONE
    if "".join(mine) == "".join(theirs) or _in_step(mine, theirs):
        return Match.INITIAL if 1 in (len(mine[0]), len(theirs[0])) else Match.FULL
    if _called_by_middle_name(mine, theirs) or _called_by_middle_name(theirs, mine):
        return Match.FULL
    joined_mine, joined_theirs = "".join(mine), "".join(theirs)
    if all(len(word) == 1 for word in theirs) and _abbreviates(theirs, joined_mine):
        return Match.INITIAL
    return Match.INITIAL if all(len(word) == 1 for word in mine) and _abbreviates(mine, joined_theirs) else Match.NONE


def _in_step(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Each given name against the other's in its place, an initial standing for any name that begins with it."""
    return all(
        one == other or (1 in (len(one), len(other)) and one[0] == other[0])
        for one, other in zip(mine, theirs, strict=False)
    )


def _abbreviates(initials: tuple[str, ...], name: str) -> bool:
    """`X. M.` for `Xiaoming`: the first letter, and the others somewhere after it in their order."""
    position = 0
    for index, letter in enumerate(initials):
        found = name.find(letter, position)
        if found < 0 or (index == 0 and found > 0):
            return False
        position = found + 1
    return True


def _called_by_middle_name(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """J. Robert, called Robert."""
    return len(short) == 1 and len(short[0]) > 1 and len(long) > 1 and len(long[0]) == 1 and short[0] == long[1]
