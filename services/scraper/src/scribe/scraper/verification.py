"""Holding what the reader selected against the pages. What fails is dropped, and counted by its reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby

from scribe.common.tasks.data import ELLIPSIS, Fact
from scribe.common.text.language import language_of
from scribe.scraper.answer import Life, PagesRead, SelectedFact
from scribe.scraper.cautions import caution_of
from scribe.scraper.certainty import KnownPage, independent, is_certain, is_of_an_institution, is_theirs
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.page_collection import PageCollection
from scribe.scraper.passages import Passage, joined
from scribe.scraper.statement_details import PassageDetails
from scribe.scraper.tense import is_told_as_of_today

MAX_FACTS = 40
MAX_PASSAGES = 8
"""Passages of one fact; with more it would be a copy of the page."""
MAX_QUOTED = 100_000
"""Bytes of all quotes of a task, which travel in its message."""
MAX_STATEMENT = 400
CONTEXT = 3
"""Passages before a fact's first in which a name may stand that a pronoun refers to."""
NOT_IN_PASSAGES = "not_in_passages"
"""Why a statement is dropped; the fact is then told by a passage that names the recipient, if there is one."""
ONLY_WITH_CARE = frozenset({"contact", "money", "accusation", "appeal", "sensitive"})
STATIONS = frozenset({"position", "education"})
"""Kinds of facts of which an old page tells as of today for ever."""

Drops = Counter[str]


@dataclass(frozen=True)
class Verified:
    """The facts that hold, how many did not by reason, and the pages about the recipient by their ids."""

    facts: tuple[Fact, ...]
    drops: Drops
    pages: Mapping[str, KnownPage]


class Verifier:
    """What one task's facts are held against. `language` is that of the statements, None where it is not known."""

    def __init__(self, collection: PageCollection, recipient: NameMatcher, interest: str, language: str | None) -> None:
        self._collection = collection
        self._recipient = recipient
        self._language = language
        self._caution_of = cache(partial(caution_of, interest=interest))

    def verified(self, read: PagesRead) -> Verified:
        """The facts that hold, numbered in their order."""
        pages = self.pages_of_recipient(read)
        withheld = self._withheld_passages(read.facts)
        facts: list[Fact] = []
        drops: Drops = Counter()
        room = MAX_QUOTED
        for selected in read.facts:
            fact = self._fact(selected, pages, withheld)
            if fact == NOT_IN_PASSAGES and (plain := self._as_it_stands(selected)):
                drops[NOT_IN_PASSAGES] += 1
                fact = self._fact(plain, pages, withheld)
            if isinstance(fact, str):
                drops[fact] += 1
            elif any(fact.quotes == known.quotes for known in facts):
                drops["repeated"] += 1
            elif len(facts) == MAX_FACTS or (size := _size(fact)) > room:
                drops["too_many"] += 1
            else:
                facts.append(fact.model_copy(update={"id": f"F{len(facts) + 1}"}))
                room -= size
        return Verified(tuple(facts), drops, pages)

    def pages_of_recipient(self, read: PagesRead) -> dict[str, KnownPage]:
        """The pages that the reader finds to be about the recipient, by a passage on them, and their copies."""
        collection = self._collection
        judged = {
            page.page: page.site for page in read.pages if page.about == "recipient" and page.page in collection.sources
        }
        return {
            source_id: KnownPage(source, judged[original], original)
            for source_id, source in collection.sources.items()
            if (original := collection.originals[source_id]) in judged
        }

    def life(self, read: PagesRead) -> Life:
        """Whether the recipient works, has retired or died, where a passage about them says so."""
        passage = self._collection.passages.get(read.life_passage)
        is_said = passage is not None and passage.source_id in self.pages_of_recipient(read)
        return read.life if is_said else "unknown"

    def _fact(self, selected: SelectedFact, pages: Mapping[str, KnownPage], withheld: Mapping[str, str]) -> Fact | str:
        """The fact with its quotes, or the reason why there is none. What is withheld explains, and is not quoted."""
        passages = [self._collection.passages.get(name) for name in dict.fromkeys(selected.passages)]
        known = [passage for passage in passages if passage is not None]
        if not known or len(known) < len(passages):
            return "unknown_passage"
        if any(passage.source_id not in pages for passage in known):
            return "other_page"
        if reason := _withheld(selected):
            return reason
        if len(selected.statement) > MAX_STATEMENT or len(known) > MAX_PASSAGES:
            return "too_long"
        statement = " ".join(selected.statement.split())
        supported = self._supported(statement, known) if statement else known
        if not supported:
            return NOT_IN_PASSAGES
        refused = {passage.id: reason for passage in supported if (reason := self._unquotable(passage, withheld))}
        quoted = [passage for passage in supported if passage.id not in refused]
        told = [passage for passage in quoted if passage.is_sentence or passage.is_entry]
        quoted = told or [passage for passage in quoted if not passage.is_run_of_labels]
        if not quoted:
            return next(iter(refused.values()), "garbled")
        plain = [passage for passage in quoted if not self._caution_of(passage.text)]
        return self._checked(selected, statement or self._said_by(known, withheld), plain or quoted, pages)

    def _as_it_stands(self, selected: SelectedFact) -> SelectedFact | None:
        """The fact without the reader's statement, its first passage one that tells of the recipient by name."""
        passages = (self._collection.passages[name] for name in selected.passages)
        named = [p.id for p in passages if p.is_sentence and self._recipient.is_named_in(p.text)]
        first = dict.fromkeys((*named[:1], *selected.passages))
        return selected.model_copy(update={"statement": "", "passages": list(first)}) if named else None

    def _said_by(self, passages: Sequence[Passage], withheld: Mapping[str, str]) -> str:
        """The first sentence that may be quoted: where it does not name the recipient, the name tells who "she" is.
        Its passage holds all of its details.
        """
        quotable = [passage for passage in passages if not self._unquotable(passage, withheld)] or passages
        passage = next((passage for passage in quotable if passage.is_sentence), quotable[0])
        is_named = self._recipient.is_named_in(passage.text)
        return passage.text if is_named else f"{self._recipient.shown}: {passage.text}"

    def _withheld_passages(self, facts: Sequence[SelectedFact]) -> Mapping[str, str]:
        """Why passages may not be quoted, by their ids. A station that has ended is told by what says that it has."""
        withheld = {name: reason for fact in facts if (reason := _withheld(fact)) for name in fact.passages}
        ended = {name for fact in facts if fact.kind in STATIONS and fact.time == "past" for name in fact.passages}
        known = {name: passage for name in ended if (passage := self._collection.passages.get(name))}
        told_as_of_today = (name for name, passage in known.items() if is_told_as_of_today(passage.text))
        return {**dict.fromkeys(told_as_of_today, "outdated"), **withheld}

    def _unquotable(self, passage: Passage, withheld: Mapping[str, str]) -> str | None:
        """Why a passage is not quoted, also where the statement leaves out what is wrong with it."""
        is_private = self._caution_of(passage.text) == "private"
        return withheld.get(passage.id) or ("private" if is_private else None)

    def _supported(self, statement: str, passages: list[Passage]) -> list[Passage]:
        """The passages, with one before them where a name stands only there; none where one is missing."""
        titles = " ".join(dict.fromkeys(self._collection.sources[passage.source_id].title for passage in passages))
        languages = {self._collection.texts[passage.source_id].language for passage in passages} - {None}
        spoken = language_of(statement) or self._language
        is_translated = spoken is not None and bool(languages) and languages != {spoken}
        for added in ((), *((passage,) for passage in self._before(passages[0]))):
            text = "\n".join([titles, *(passage.text for passage in (*added, *passages))])
            if not PassageDetails(text).missing(statement, self._recipient, spoken, is_translated=is_translated):
                return [*added, *passages]
        return []

    def _before(self, passage: Passage) -> list[Passage]:
        """The passages before one on its page, the nearest first."""
        page = self._collection.texts[passage.source_id].passages
        return list(reversed(page[max(0, passage.number - 1 - CONTEXT) : passage.number - 1]))

    def _checked(
        self, selected: SelectedFact, statement: str, passages: list[Passage], pages: Mapping[str, KnownPage]
    ) -> Fact | str:
        quotes = self._quotes(passages)
        theirs = {name for name in quotes if is_theirs(pages[name], self._recipient)}
        known = theirs | {name for name in quotes if is_of_an_institution(pages[name], pages)}
        witnesses = independent(quotes, statement, pages)
        caution = self._caution(selected, statement, passages)
        is_confirmed = len(witnesses) > 1 and theirs == set(quotes)
        if caution and not (caution in ONLY_WITH_CARE and is_confirmed):
            return caution
        return Fact(
            id="F0",
            statement=statement,
            source_ids=tuple(quotes),
            quotes=quotes,
            kind=selected.kind,
            current=selected.time == "current",
            certain=is_certain(selected.kind, tuple(quotes), witnesses, known),
        )

    def _caution(self, selected: SelectedFact, statement: str, passages: Sequence[Passage]) -> str:
        """What is to be handled with care in the statement or the passages."""
        texts = (statement, *(passage.text for passage in passages))
        found = next(filter(None, map(self._caution_of, texts)), None)
        return found or ("sensitive" if selected.caution == "sensitive" else "")

    def _quotes(self, passages: Sequence[Passage]) -> dict[str, str]:
        """The passages by source, in the order of each page."""
        order = {name: place for place, name in enumerate(dict.fromkeys(p.source_id for p in passages))}
        by_page = sorted(passages, key=lambda passage: (order[passage.source_id], passage.number))
        return {
            source_id: joined(list(group), self._collection.texts[source_id].text, ELLIPSIS)
            for source_id, group in groupby(by_page, lambda passage: passage.source_id)
        }


def _withheld(selected: SelectedFact) -> str | None:
    """Why the passages of a fact may not be quoted by any fact: they are outdated or private; None if they may."""
    if selected.time == "outdated":
        return "outdated"
    return "private" if selected.caution == "private" else None


def _size(fact: Fact) -> int:
    return sum(len(quote.encode()) for quote in fact.quotes.values())
