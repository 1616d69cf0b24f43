"""The step: which papers it takes, and that nothing about arXiv can fail an e-mail."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from scribe.arxiv.feed import Record, parse_feed
from scribe.arxiv.step import NO_ANSWER, NO_LATIN_NAME, NO_PAPERS, find_papers
from scribe.common.errors import PermanentError, TransientError, UnavailableError, WorkError
from scribe.common.tasks.data import PipelineData, Research, Source, TemplateType
from scribe.common.text.names import PersonName
from tests.support.tasks import make_task, parsed

REAL = parse_feed(Path(__file__).with_name("del-maestro.xml").read_bytes()).records


class Shelf:
    """A search that knows some records, or fails."""

    def __init__(self, *records: Record, error: WorkError | None = None) -> None:
        self.records = records
        self.error = error
        self.asked: list[PersonName] = []

    async def by_author(self, person: PersonName, terms: frozenset[str]) -> tuple[Record, ...]:
        """What is on the shelf."""
        del terms
        self.asked.append(person)
        if self.error:
            raise self.error
        return self.records


def task(**fields: object) -> PipelineData:
    """A research task about the author of the real feed."""
    return make_task(
        **{
            "recipient_name": "Prof. Adrian Del Maestro",
            "recipient_interest": "entanglement in superfluid helium",
            "parsed": parsed(TemplateType.RESEARCH),
            "submitted_at": datetime(2024, 6, 1, tzinfo=UTC),
            **fields,
        }
    )


async def run(data: PipelineData, shelf: Shelf) -> PipelineData:
    """The step with that shelf."""
    return await find_papers(data, shelf, structlog.get_logger())


def record(title: str, *authors: str) -> Record:
    """A record of this year."""
    return Record(
        arxiv_id=f"2401.{abs(hash(title)) % 100000:05}",
        title=title,
        abstract="",
        authors=authors,
        published=datetime(2024, 1, 1, tzinfo=UTC),
    )


async def test_at_most_five_papers_are_taken_best_first() -> None:
    papers = (await run(task(), Shelf(*REAL))).papers
    assert papers is not None
    assert [paper.id for paper in papers] == ["P1", "P2", "P3", "P4", "P5"][: len(papers)]
    assert papers[0].title == "Entanglement area law in superfluid ⁴He"
    assert [paper.score for paper in papers] == sorted((paper.score for paper in papers), reverse=True)


async def test_a_paper_carries_what_the_email_needs() -> None:
    papers = (await run(task(), Shelf(*REAL))).papers
    assert papers is not None
    best = papers[0]
    assert (best.year, best.url) == (2016, "https://arxiv.org/abs/1610.08518")
    assert best.authors == ("C. M. Herdman", "P.-N. Roy", "R. G. Melko", "A. Del Maestro")
    assert "$" not in best.abstract


@pytest.mark.parametrize("error", [TransientError("arxiv answered 503"), PermanentError("arxiv refused the query")])
async def test_without_an_answer_there_are_no_papers_and_a_warning(error: WorkError) -> None:
    result = await run(task(), Shelf(error=error))
    assert result.papers == ()
    assert result.warnings == (NO_ANSWER,)


async def test_when_nats_is_away_the_message_is_held() -> None:
    with pytest.raises(UnavailableError):
        await run(task(), Shelf(error=UnavailableError("nats")))


async def test_no_records_are_a_warning() -> None:
    assert (await run(task(), Shelf())).warnings == (NO_PAPERS,)


async def test_a_name_without_latin_letters_is_a_warning() -> None:
    shelf = Shelf(*REAL)
    assert (await run(task(recipient_name="王小明"), shelf)).warnings == (NO_LATIN_NAME,)
    assert shelf.asked == []


async def test_a_namesake_by_initial_is_left_out_unless_the_interest_agrees() -> None:
    other = record("Sheep grazing in the Apennines", "A. Del Maestro")
    same = record("Entanglement of sheep", "A. Del Maestro")
    papers = (await run(task(), Shelf(other, same))).papers
    assert papers is not None
    assert [paper.title for paper in papers] == ["Entanglement of sheep"]


async def test_a_full_name_needs_no_shared_word() -> None:
    papers = (await run(task(), Shelf(record("Sheep grazing in the Apennines", "Adrian Del Maestro")))).papers
    assert papers is not None
    assert len(papers) == 1


async def test_a_paper_that_a_page_about_the_person_names_is_theirs() -> None:
    page = Source(id="S1", url="https://example.edu/", text="He wrote 'Sheep grazing in the Apennines' in 2024.")
    data = task(research=Research(sources=(page,)))
    papers = (await run(data, Shelf(record("Sheep grazing in the Apennines", "A. Del Maestro")))).papers
    assert papers is not None
    assert len(papers) == 1


async def test_a_record_of_other_authors_is_left_out() -> None:
    assert (await run(task(), Shelf(record("Entanglement in helium", "A. Maestro", "B. Example")))).papers == ()
