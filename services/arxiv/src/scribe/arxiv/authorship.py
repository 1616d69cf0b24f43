"""Whose papers they are. A name alone says little: namesakes are the rule, also by their full names.

The records that carry the name fall into groups that share co-authors: one group, one person, as far as can be told.

| what speaks for a group                                            | its papers are                        |
|--------------------------------------------------------------------|---------------------------------------|
| a page about the recipient names one of its titles, one of its      | theirs                                |
| co-authors or its affiliation                                       |                                       |
| a paper of it is about the interest or about what the pages are     | theirs by the full name, uncertain    |
| about, or a page names its field                                    | where others have the name too        |
| ... and the name is common                                          | uncertain, where the paper itself is  |
|                                                                     | about the interest                    |
| nothing                                                             | nobody's                              |
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from scribe.arxiv.categories import is_named
from scribe.arxiv.groups import Group, grouped
from scribe.arxiv.latex import readable
from scribe.arxiv.ranking import interest_score, is_named_in
from scribe.arxiv.records import Record
from scribe.common.text.names import Match, PersonName, best_match
from scribe.common.text.terms import plain_words, terms

MIN_INTEREST, MIN_INTEREST_OF_COMMON = 1 / 3, 1 / 2
"""The part of the interest's words that a paper must hold to be about it; more is asked of a common name's."""
MIN_ON_PAGE, MIN_TITLE_WORDS = 1 / 2, 4
"""The part of a title's words that the pages must hold for them to be about the same, and of how many at least."""
MANY_GROUPS = 8
COMMON_GROUPS, COMMON_FIELDS = 4, 3
SCATTERED_GROUPS = 5
MIN_AFFILIATION = 8


@dataclass(frozen=True)
class SoughtAuthor:
    """The person, the words of the sender's interest, and the pages about the person as plain words."""

    person: PersonName
    terms: frozenset[str]
    pages: tuple[str, ...] = ()

    @cached_property
    def names_on_pages(self) -> frozenset[tuple[str, str]]:
        """Each word on a page with the next one, and with the one after a middle name."""
        pairs: set[tuple[str, str]] = set()
        for words in map(str.split, self.pages):
            pairs.update(pairwise(words))
            pairs.update(zip(words, words[2:], strict=False))
        return frozenset(pairs)

    @cached_property
    def terms_on_pages(self) -> frozenset[str]:
        """What the pages speak of."""
        return frozenset().union(*map(terms, self.pages))


@dataclass(frozen=True)
class Judged:
    """A record that can be relied on to be the recipient's, or that is only likely to be."""

    record: Record
    certain: bool


def judge(records: Sequence[Record], recipient: SoughtAuthor) -> tuple[Judged, ...]:
    """The records that are the recipient's, in their order."""
    matched = {record.arxiv_id: best_match(recipient.person, record.authors) for record in records}
    groups = grouped(records, recipient.person)
    namesakes = Namesakes(
        [group for group in groups if any(matched[record.arxiv_id] >= Match.VARIANT for record in group.records)]
    )
    verdicts = {
        record.arxiv_id: verdict
        for group in groups
        for verdict_of in [_verdicts(group, namesakes, recipient)]
        for record in group.records
        if (verdict := verdict_of(record, matched[record.arxiv_id])) is not None
    }
    return tuple(verdicts[record.arxiv_id] for record in records if record.arxiv_id in verdicts)


@dataclass(frozen=True)
class Namesakes:
    """The groups that go by the full name: one of them is the recipient."""

    groups: Sequence[Group]

    @property
    def are_many(self) -> bool:
        """Whether the name is common: many groups, in several fields, or with hardly two papers each."""
        fields = {field for group in self.groups for field in group.fields}
        count, records = len(self.groups), sum(len(group.records) for group in self.groups)
        return (
            count >= MANY_GROUPS
            or (count >= COMMON_GROUPS and len(fields) >= COMMON_FIELDS)
            or (count >= SCATTERED_GROUPS and 2 * count > records)
        )

    def are_in_field_of(self, group: Group) -> bool:
        """Whether all of them work in the group's field, so that they may well be one person."""
        return all(other is group or other.fields & group.fields for other in self.groups)


Verdict = Callable[[Record, Match], Judged | None]


def _verdicts(group: Group, namesakes: Namesakes, recipient: SoughtAuthor) -> Verdict:
    """What is said of a record of the group whose name agrees so well."""
    is_proven, fits = _is_proven(group, recipient), _fits(group, recipient)
    is_common, is_alone = namesakes.are_many, namesakes.are_in_field_of(group)

    def verdict(record: Record, match: Match) -> Judged | None:
        if match is Match.NONE or not (is_proven or fits):
            return None
        if is_named_in(record, recipient.pages) or (is_proven and match > Match.GUESS):
            return Judged(record, certain=match > Match.GUESS)
        if match is Match.GUESS:
            return None
        if is_common:
            is_about_it = interest_score(record, recipient.terms) >= MIN_INTEREST_OF_COMMON
            return Judged(record, certain=False) if is_about_it and match >= Match.VARIANT else None
        return Judged(record, certain=match is Match.FULL and is_alone)

    return verdict


def _is_proven(group: Group, recipient: SoughtAuthor) -> bool:
    """Whether a page about the recipient names a paper, a co-author or the affiliation of the group."""
    if any(is_named_in(record, recipient.pages) for record in group.records):
        return True
    if group.coauthors & recipient.names_on_pages:
        return True
    affiliations = {
        plain_words(text) for record in group.records for places in record.affiliations.values() for text in places
    }
    return any(len(text) >= MIN_AFFILIATION and text in page for text in affiliations for page in recipient.pages)


def _fits(group: Group, recipient: SoughtAuthor) -> bool:
    """Whether a paper of the group is about the interest or the pages, or a page names the group's field."""
    return (
        any(interest_score(record, recipient.terms) >= MIN_INTEREST for record in group.records)
        or any(_is_about_pages(record, recipient) for record in group.records)
        or any(is_named(group.categories, page) for page in recipient.pages)
    )


def _is_about_pages(record: Record, recipient: SoughtAuthor) -> bool:
    title = terms(readable(record.title))
    return len(title) >= MIN_TITLE_WORDS and len(title & recipient.terms_on_pages) >= MIN_ON_PAGE * len(title)
