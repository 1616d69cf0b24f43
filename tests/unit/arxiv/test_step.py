"""The step: which papers it takes, how long it waits, and that nothing about arXiv can fail an e-mail."""

from datetime import UTC, datetime

import pytest
import structlog

from scribe.arxiv.answers import Answer
from scribe.arxiv.client import page_of
from scribe.arxiv.lookups import Lookup
from scribe.arxiv.records import Record
from scribe.arxiv.step import MAX_WAIT, NO_ANSWER, NO_LATIN_NAME, NO_PAPERS, FindPapers
from scribe.common.errors import DeferredError, TransientError, UnavailableError, WorkError
from scribe.common.tasks.data import Paper, PipelineData, Research, Source, TemplateType
from tests.support.tasks import make_task, parsed
from tests.unit.arxiv.atom import REAL, record

RECORDS = page_of(REAL.read_bytes()).records
LATER = DeferredError("arXiv has not answered yet", retry_after=5.0, position=3)


class FixedLibrary:
    """A library that knows some answers in turn, the last one again and again; or fails."""

    def __init__(self, *answers: Answer | WorkError) -> None:
        self.answers = list(answers)
        self.asked: list[Lookup] = []

    async def look_up(self, lookup: Lookup) -> Answer:
        """What it was given."""
        self.asked.append(lookup)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, WorkError):
            raise answer
        return answer


def library_of(*records: Record) -> FixedLibrary:
    """One that has all records."""
    return FixedLibrary(Answer(records=records))


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


async def run(data: PipelineData, library: FixedLibrary) -> PipelineData:
    """The step with that library, and ten minutes of patience."""
    return await FindPapers(library, 600.0, structlog.get_logger())(data)


async def papers_of(data: PipelineData, library: FixedLibrary) -> tuple[Paper, ...]:
    """What the step finds."""
    found = (await run(data, library)).papers
    assert found is not None
    return found


async def test_at_most_five_papers_are_taken_best_first() -> None:
    papers = await papers_of(task(), library_of(*RECORDS))
    assert [paper.id for paper in papers] == ["P1", "P2", "P3", "P4", "P5"][: len(papers)]
    assert papers[0].title == "Entanglement area law in superfluid ⁴He"
    assert [paper.score for paper in papers] == sorted((paper.score for paper in papers), reverse=True)


async def test_a_paper_carries_what_the_email_needs() -> None:
    best = (await papers_of(task(), library_of(*RECORDS)))[0]
    assert (best.year, best.url) == (2016, "https://arxiv.org/abs/1610.08518")
    assert best.authors == ("C. M. Herdman", "P.-N. Roy", "R. G. Melko", "A. Del Maestro")
    assert (best.author_count, best.recipient_author) == (4, "A. Del Maestro")
    assert "$" not in best.abstract


async def test_the_recipient_is_shown_among_the_authors_of_a_long_list() -> None:
    names = [f"X. Nobody{number}" for number in range(39)]
    found = record("Entanglement in superfluid helium", *names, "Adrian Del Maestro", author_count=63)
    (paper,) = await papers_of(task(), library_of(found))
    assert len(paper.authors) == 12
    assert (paper.authors[-1], paper.recipient_author, paper.author_count) == ("Adrian Del Maestro",) * 2 + (63,)


async def test_certain_papers_come_before_likely_ones() -> None:
    page = Source(id="S1", url="https://example.edu/", text="He wrote 'Sheep grazing in the Apennines' in 2024.")
    data = task(research=Research(sources=(page,)))
    sheep = record("Sheep grazing in the Apennines", "A. Del Maestro")
    papers = await papers_of(data, library_of(record("Entanglement in superfluid helium", "A. Del Maestro"), sheep))
    assert [(paper.title[:5], paper.certain) for paper in papers] == [("Sheep", True), ("Entan", False)]


async def test_a_task_waits_where_the_answer_has_still_to_come() -> None:
    with pytest.raises(DeferredError) as waiting:
        await run(task(), FixedLibrary(LATER))
    assert (waiting.value.position, waiting.value.retry_after) == (3, 5.0)


async def test_the_longer_it_has_waited_the_less_often_it_looks() -> None:
    for waited, pause in ((100.0, 25.0), (500.0, MAX_WAIT)):
        with pytest.raises(DeferredError) as waiting:
            await run(task(waited=waited), FixedLibrary(LATER))
        assert waiting.value.retry_after == pause


async def test_when_its_patience_is_over_the_email_goes_on_without_papers_and_says_so() -> None:
    result = await run(task(waited=600.0), FixedLibrary(LATER))
    assert (result.papers, result.warnings) == ((), (NO_ANSWER,))


async def test_a_name_with_too_many_records_is_narrowed_by_the_interest() -> None:
    newest, older = record("Helium", "Adrian Del Maestro"), record("Superfluid helium", "Adrian Del Maestro")
    library = FixedLibrary(Answer(records=(newest,), is_complete=False), Answer(records=(older,)))
    papers = await papers_of(task(), library)
    assert [paper.title for paper in papers] == ["Superfluid helium", "Helium"]
    assert [bool(lookup.terms) for lookup in library.asked] == [False, True]


async def test_with_another_interest_the_answer_to_the_name_is_the_same() -> None:
    library = library_of(*RECORDS)
    for interest in ("helium", "magnets"):
        await run(task(recipient_interest=interest), library)
    assert len({lookup.key for lookup in library.asked}) == 1


async def test_what_is_known_already_is_used_when_the_narrower_answer_does_not_come() -> None:
    library = FixedLibrary(Answer(records=RECORDS, is_complete=False), LATER)
    assert (await run(task(waited=600.0), library)).papers


@pytest.mark.parametrize("answer", [Answer(is_refused=True, is_complete=False), TransientError("arxiv answered 503")])
async def test_without_an_answer_there_are_no_papers_and_a_warning(answer: Answer | WorkError) -> None:
    result = await run(task(), FixedLibrary(answer))
    assert (result.papers, result.warnings) == ((), (NO_ANSWER,))


async def test_when_nats_is_away_the_message_is_held() -> None:
    with pytest.raises(UnavailableError):
        await run(task(), FixedLibrary(UnavailableError("nats")))


async def test_no_records_are_a_warning() -> None:
    assert (await run(task(), library_of())).warnings == (NO_PAPERS,)


async def test_a_name_without_latin_letters_is_a_warning() -> None:
    library = library_of(*RECORDS)
    assert (await run(task(recipient_name="王小明"), library)).warnings == (NO_LATIN_NAME,)
    assert library.asked == []


async def test_a_record_of_other_authors_is_left_out() -> None:
    assert (await run(task(), library_of(record("Entanglement in helium", "A. Maestro", "B. Example")))).papers == ()
