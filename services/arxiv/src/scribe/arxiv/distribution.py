"""Distributing the records of an answer among the several authors that its query asked for."""

from collections.abc import Sequence

from scribe.arxiv.answers import Answer
from scribe.arxiv.client import ResultPage
from scribe.arxiv.lookups import Lookup
from scribe.arxiv.records import Record, with_authors_around
from scribe.common.text.folding import fold_accents
from scribe.common.text.names import Match, PersonName, matches


def distribute(lookups: Sequence[Lookup], page: ResultPage) -> list[Answer | None]:
    """The answer for each lookup, None for who has to be asked for again.

    Where the page is cut, older records of anybody may be missing. The authors who fill it, each with at least an equal
    share, have too many records for one page: their newest are their answer. The others are asked for again without
    them. So each request answers at least one author.
    """
    indexed = [(record, [fold_accents(author) for author in record.authors]) for record in page.records]
    found = [_records_of(lookup.person, indexed) for lookup in lookups]
    if page.is_complete:
        return [Answer(records=records) for records in found]
    share = min(page.entries / len(lookups), max(map(len, found)))
    return [Answer(records=records, is_complete=False) if len(records) >= share else None for records in found]


def _records_of(person: PersonName | None, indexed: Sequence[tuple[Record, list[str]]]) -> tuple[Record, ...]:
    """The records that name the person, their author lists cut around the name. Withdrawn papers are left out."""
    if person is None:
        return ()
    mine = []
    for record, authors in indexed:
        place = _place(person, record.authors, authors)
        if place is not None and not record.is_withdrawn:
            mine.append(with_authors_around(record, place))
    return tuple(mine)


def _place(person: PersonName, authors: Sequence[str], folded: Sequence[str]) -> int | None:
    """The index of the person in the list of authors, by the best match; None if nobody matches."""
    words = {*person.family, *person.given, *(other for _, other in person.transliterations)}
    best, place = Match.NONE, None
    for number, text in enumerate(folded):
        if any(word in text for word in words if len(word) > 1):
            match = matches(person, authors[number])
            if match > best:
                best, place = match, number
    return place
