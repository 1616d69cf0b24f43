"""Step 3: the recipient's papers on arXiv that speak to the sender's interest."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from scribe.arxiv.authorship import Judged, SoughtAuthor, judge
from scribe.arxiv.latex import readable
from scribe.arxiv.library import PaperLibrary
from scribe.arxiv.lookups import Lookup
from scribe.arxiv.ranking import score
from scribe.arxiv.records import Record
from scribe.common.errors import DeferredError, PermanentError, TransientError
from scribe.common.observability.logs import Logger
from scribe.common.tasks.data import Paper, PipelineData
from scribe.common.text.names import PersonName, matches, parse_name
from scribe.common.text.terms import plain_words, terms

MAX_PAPERS = 5
MAX_ABSTRACT = 1_500
MAX_SHOWN_AUTHORS = 12
MAX_WAIT = 60.0
"""Seconds after which a task that waits looks again at the latest."""

NO_ANSWER = "arXiv could not be reached, so no papers were looked at."
NO_PAPERS = "No papers by the recipient were found on arXiv."
NO_LATIN_NAME = "The recipient's name could not be looked up on arXiv; write it in Latin letters."


@dataclass(frozen=True)
class FindPapers:
    """The step. A task waits for arXiv for `patience` seconds in all before its e-mail is written without papers."""

    library: PaperLibrary
    patience: float
    log: Logger

    async def __call__(self, data: PipelineData) -> PipelineData:
        """The data with at most five papers. No papers, and no arXiv, are warnings and never a failure.

        Raises:
            DeferredError: arXiv has not answered yet. UnavailableError: NATS is away.
        """
        person = parse_name(data.recipient_name)
        if person is None:
            return _without_papers(data, NO_LATIN_NAME)
        wanted = terms(data.recipient_interest)
        records = await self._records(data, wanted)
        if records is None:
            return _without_papers(data, NO_ANSWER)
        recipient = SoughtAuthor(person, wanted, _pages(data))
        papers = await asyncio.to_thread(choose, records, recipient, data.submitted_at.year)
        return data.model_copy(update={"papers": papers}) if papers else _without_papers(data, NO_PAPERS)

    async def _records(self, data: PipelineData, wanted: frozenset[str]) -> tuple[Record, ...] | None:
        """All records under the name; of a name with too many the newest, and those that touch the interest."""
        lookup = Lookup(name=data.recipient_name)
        records: dict[str, Record] = {}
        try:
            answer = await self.library.look_up(lookup)
            records = {record.arxiv_id: record for record in answer.records}
            if not answer.is_complete and not answer.is_refused and wanted:
                narrowed = await self.library.look_up(lookup.narrowed(wanted))
                records |= {record.arxiv_id: record for record in narrowed.records}
        except DeferredError as error:
            if data.waited < self.patience:
                wait = min(MAX_WAIT, max(error.retry_after, data.waited / 4))
                raise error.after(wait) from error
            self.log.warning("arxiv_without_answer", reason=f"{data.waited:.0f} s were waited for")
        except (TransientError, PermanentError) as error:
            self.log.warning("arxiv_without_answer", reason=str(error))
        else:
            return None if answer.is_refused else tuple(records.values())
        return tuple(records.values()) or None


def _without_papers(data: PipelineData, warning: str) -> PipelineData:
    return data.model_copy(update={"papers": ()}).with_warning(warning)


def _pages(data: PipelineData) -> tuple[str, ...]:
    sources = data.research.sources if data.research else ()
    return tuple(plain_words(source.text) for source in sources)


def choose(records: Sequence[Record], recipient: SoughtAuthor, year: int) -> tuple[Paper, ...]:
    """The five best of those that are the recipient's, the certain ones first."""
    scored = [(score(judged.record, recipient.terms, year), judged) for judged in judge(records, recipient)]
    ranked = sorted(scored, key=_rank)[:MAX_PAPERS]
    return tuple(_paper(number, judged, points, recipient.person) for number, (points, judged) in enumerate(ranked, 1))


def _rank(scored: tuple[float, Judged]) -> tuple[bool, float, float, str]:
    points, judged = scored
    return (not judged.certain, -points, -judged.record.published.timestamp(), judged.record.arxiv_id)


def _paper(number: int, judged: Judged, points: float, person: PersonName) -> Paper:
    record = judged.record
    authors, recipient_author = _shown(record.authors, person)
    return Paper(
        id=f"P{number}",
        arxiv_id=record.arxiv_id,
        title=readable(record.title),
        authors=authors,
        author_count=max(record.author_count, len(record.authors)),
        recipient_author=recipient_author,
        year=record.published.year,
        url=record.url,
        abstract=readable(record.abstract)[:MAX_ABSTRACT],
        score=points,
        certain=judged.certain,
    )


def _shown(authors: Sequence[str], person: PersonName) -> tuple[tuple[str, ...], str]:
    """The first twelve authors, the recipient among them, and how the recipient is spelt there."""
    names = [author.replace(". -", ".-") for author in authors]
    place = max(range(len(names)), key=lambda number: (matches(person, names[number]), -number))
    shown = names[:MAX_SHOWN_AUTHORS]
    if place >= MAX_SHOWN_AUTHORS:
        shown = [*names[: MAX_SHOWN_AUTHORS - 1], names[place]]
    return tuple(shown), names[place]
