"""Step 3: the recipient's papers on arXiv that speak to the sender's interest."""

from dataclasses import dataclass

from scribe.arxiv.authors import Match, best_match
from scribe.arxiv.feed import Record
from scribe.arxiv.latex import readable
from scribe.arxiv.ranking import interest_score, is_named_in, score
from scribe.arxiv.search import PaperSearch
from scribe.common.errors import PermanentError, TransientError
from scribe.common.observability.logs import Logger
from scribe.common.tasks.data import Paper, PipelineData
from scribe.common.text.names import PersonName, parse_name
from scribe.common.text.terms import plain_words, terms

MAX_PAPERS = 5
MAX_ABSTRACT = 1_500
MAX_AUTHORS = 12

NO_ANSWER = "arXiv could not be reached, so no papers were looked at."
NO_PAPERS = "No papers by the recipient were found on arXiv."
NO_LATIN_NAME = "The recipient's name could not be looked up on arXiv; write it in Latin letters."


async def find_papers(data: PipelineData, search: PaperSearch, log: Logger) -> PipelineData:
    """The data with at most five papers. No papers, and no arXiv, are warnings and never a failure."""
    person = parse_name(data.recipient_name)
    if person is None:
        return _without_papers(data, NO_LATIN_NAME)
    wanted = terms(data.recipient_interest)
    try:
        records = await search.by_author(person, wanted)
    except (TransientError, PermanentError) as error:
        log.warning("arxiv_without_answer", reason=str(error))
        return _without_papers(data, NO_ANSWER)
    papers = choose(records, _Wanted(person, wanted, data.submitted_at.year, _pages(data)))
    return data.model_copy(update={"papers": papers}) if papers else _without_papers(data, NO_PAPERS)


def _without_papers(data: PipelineData, warning: str) -> PipelineData:
    return data.model_copy(update={"papers": ()}).with_warning(warning)


def _pages(data: PipelineData) -> tuple[str, ...]:
    sources = data.research.sources if data.research else ()
    return tuple(plain_words(source.text) for source in sources)


@dataclass(frozen=True)
class _Wanted:
    """Whose papers, for which interest, in which year, and the folded texts of the pages about the person."""

    person: PersonName
    terms: frozenset[str]
    year: int
    pages: tuple[str, ...]


def choose(records: tuple[Record, ...], wanted: _Wanted) -> tuple[Paper, ...]:
    """The five best, best first."""
    ranked = sorted(
        ((score(record, wanted.terms, wanted.year), record) for record in records if _is_theirs(record, wanted)),
        key=lambda pair: (-pair[0], -pair[1].published.timestamp(), pair[1].arxiv_id),
    )
    return tuple(_paper(number, record, points) for number, (points, record) in enumerate(ranked[:MAX_PAPERS], 1))


def _is_theirs(record: Record, wanted: _Wanted) -> bool:
    """The weaker the name agrees, the more else must: a namesake may share an initial."""
    match = best_match(wanted.person, record.authors)
    if match >= Match.VARIANT or is_named_in(record, wanted.pages):
        return match is not Match.NONE
    return match is Match.INITIAL and interest_score(record, wanted.terms) > 0


def _paper(number: int, record: Record, points: float) -> Paper:
    return Paper(
        id=f"P{number}",
        arxiv_id=record.arxiv_id,
        title=readable(record.title),
        authors=_authors(record),
        year=record.published.year,
        url=record.url,
        abstract=readable(record.abstract)[:MAX_ABSTRACT],
        score=points,
    )


def _authors(record: Record) -> tuple[str, ...]:
    return tuple(author.replace(". -", ".-") for author in record.authors[:MAX_AUTHORS])
