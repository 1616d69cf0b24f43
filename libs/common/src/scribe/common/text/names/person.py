"""A person's name in its parts."""

from dataclasses import dataclass, field, replace

from scribe.common.text.name_words import DOUBLE_SURNAMES, FAMILY_FIRST


@dataclass(frozen=True)
class PersonName:
    """A name in folded words. `given` holds names and initials in order; `particles` belong to the family name."""

    given: tuple[str, ...]
    particles: tuple[str, ...]
    family: tuple[str, ...]
    nicknames: tuple[str, ...] = ()
    written: str = ""
    """The family name with its accents and apostrophes, where it has any: some indexes keep them."""
    transliterations: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Words with a second spelling, each with that spelling: `muller` and `mueller`."""
    titles: tuple[str, ...] = field(default=(), compare=False)
    """The titles before the name, as they were written: `Prof.`, `Dr.`."""
    shown_given: str = field(default="", compare=False)
    """The given names as they were written."""
    shown_family: str = field(default="", compare=False)
    """The family name as it was written, with its particles."""
    is_family_first: bool = field(default=False, compare=False)
    """Whether its bearer writes the family name first: `Pan Jianwei`."""

    @property
    def whole_family(self) -> str:
        """The family name with its particles, as one would search for it."""
        return " ".join((*self.particles, *self.family))

    @property
    def shown(self) -> str:
        """The name as its bearer writes it, without titles and degrees."""
        parts = (self.shown_given, self.shown_family)
        return " ".join(filter(None, parts[::-1] if self.is_family_first else parts))

    def forms_of(self, word: str) -> frozenset[str]:
        """A word of the name in all the ways in which it is spelt."""
        return frozenset((word, *(other for known, other in self.transliterations if known == word)))


def reversed_reading(name: PersonName) -> PersonName | None:
    """The name with its first word as the family name, where it may have been written so (`Wang Xiaoming`)."""
    if name.particles or not name.given or name.family[0] in FAMILY_FIRST or name.given[0] not in FAMILY_FIRST:
        return None
    return replace(name, given=(*name.given[1:], *name.family), family=name.given[:1], written="")


def double_surname(name: PersonName) -> PersonName | None:
    """The name with its last two words as a Spanish family name, where they may be one (`Ana García Vidal`)."""
    if name.particles or len(name.given) < 2 or len(name.given[-1]) == 1 or len(name.family) > 1:
        return None
    return replace(name, given=name.given[:-1], family=(name.given[-1], *name.family))


def first_surname(name: PersonName) -> PersonName | None:
    """The name with the first of its two Spanish family names only: `Ana García` for `Ana García Vidal`."""
    double = name if len(name.family) == 2 and name.given else double_surname(name)
    if double is None or double.family[0] not in DOUBLE_SURNAMES:
        return None
    return replace(double, particles=name.particles, family=double.family[:1])


def spellings(name: PersonName) -> tuple[str, ...]:
    """How records may spell the name, as phrases to search for: in full, with the first name only, by initials."""
    found: list[str] = []
    for reading in filter(None, (name, reversed_reading(name), first_surname(name))):
        found += _phrases(reading, reading.whole_family)
        other = " ".join(_written_out(reading, word) for word in (*reading.particles, *reading.family))
        if other != reading.whole_family:
            found += _phrases(reading, other)
    if name.written and name.given:
        found += [f"{first} {name.written}" for first in (" ".join(name.given), name.given[0][0])]
    return tuple(dict.fromkeys(found))


def _phrases(reading: PersonName, family: str) -> list[str]:
    initials = " ".join(word[0] for word in reading.given)
    firsts = [" ".join(reading.given), *reading.given[:1], *reading.nicknames, initials, initials[:1]]
    return [f"{first} {family}" for first in firsts if first] or [family]


def _written_out(name: PersonName, word: str) -> str:
    return next((other for known, other in name.transliterations if known == word), word)
