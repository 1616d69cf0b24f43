"""Grouping the records under one name by person: papers that share a co-author are one person's."""

from collections.abc import Sequence
from dataclasses import dataclass

from scribe.arxiv.categories import field_of
from scribe.arxiv.records import Record
from scribe.common.text.folding import fold_accents
from scribe.common.text.names import PersonName
from scribe.common.text.terms import plain_words

MAX_LINKING_AUTHORS = 30
"""A longer list is a collaboration's: that two people are in it says nothing of who they are."""
MIN_GIVEN = 3


@dataclass(frozen=True)
class Group:
    """Papers of one person, as far as co-authors tell. `coauthors` are (given name, family name), given in full."""

    records: tuple[Record, ...]
    coauthors: frozenset[tuple[str, str]]

    @property
    def categories(self) -> frozenset[str]:
        """The primary categories of these papers."""
        return frozenset(category for record in self.records for category in record.categories[:1])

    @property
    def fields(self) -> frozenset[str]:
        """Their disciplines."""
        return frozenset(map(field_of, self.categories))


def grouped(records: Sequence[Record], person: PersonName) -> list[Group]:
    """The groups, in the order of their first records. Papers without co-authors go together by their category."""
    parents = list(range(len(records)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    first_with: dict[str, int] = {}
    for number, record in enumerate(records):
        for link in _links(record, person):
            parents[root(number)] = root(first_with.setdefault(link, number))
    members: dict[int, list[Record]] = {}
    for number, record in enumerate(records):
        members.setdefault(root(number), []).append(record)
    return [Group(tuple(group), _coauthors(group, person)) for group in members.values()]


def _links(record: Record, person: PersonName) -> list[str]:
    """What two papers of one person have in common: a co-author's initial and family name, else the category."""
    if record.author_count > MAX_LINKING_AUTHORS:
        return []
    others = [words for words in map(_words, record.authors) if not _is(words, person)]
    if others:
        return [f"{words[0][0]} {words[-1]}" for words in others]
    return [f"alone in {record.categories[0]}"] if record.categories else []


def _coauthors(group: Sequence[Record], person: PersonName) -> frozenset[tuple[str, str]]:
    names = (
        words
        for record in group
        if record.author_count <= MAX_LINKING_AUTHORS
        for words in map(_words, record.authors)
        if not _is(words, person)
    )
    return frozenset((words[0], words[-1]) for words in names if len(words) > 1 and len(words[0]) >= MIN_GIVEN)


def _words(author: str) -> list[str]:
    return plain_words(fold_accents(author)).split() or [author]


def _is(words: Sequence[str], person: PersonName) -> bool:
    """A cheap approximation: the words contain the person's family name and a matching initial."""
    family, given = set(person.family), person.given[:1]
    return family <= set(words) and (not given or any(word[0] == given[0][0] for word in words if word not in family))
