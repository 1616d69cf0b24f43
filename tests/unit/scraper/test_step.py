"""The step: two questions side by side, pages read where Exa has no text, and never a failure for want of results."""

import asyncio
from dataclasses import dataclass, field

import pytest

from scribe.common.errors import TransientError
from scribe.common.models import StructuredModel
from scribe.common.models.prompts import load_prompt
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import MAX_BODY_BYTES, PipelineData, TemplateType, encode
from scribe.common.tasks.steps import Step
from scribe.scraper.exa import CITATION_BYTES, Answer, Citation
from scribe.scraper.questions import MAX_QUESTION, questions
from scribe.scraper.reader import Reader
from scribe.scraper.sources import ReadPage
from scribe.scraper.step import LIFE, NAMESAKES, NO_BROWSER, NO_FACTS, NOT_READ, NOTHING_FOUND, Scraper
from tests.support.deadlines import within
from tests.support.models import scripted
from tests.support.reading import stand_in_reader
from tests.support.tasks import make_task, parsed

FULL = "Ada Example is a professor at Nowhere College. She studies quantum fluids in pores. " * 4


@dataclass
class Oracle:
    """AnswerClient every question alike; the second only when the first is being asked too."""

    answer_: Answer | Exception
    asked: list[str] = field(default_factory=list)
    together: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(2))

    async def answer(self, question: str, _scope: str = "") -> Answer:
        """One answer."""
        self.asked.append(question)
        await self.together.wait()
        if isinstance(self.answer_, Exception):
            raise self.answer_
        return self.answer_


@dataclass
class Fetcher:
    """Knows the texts of some pages."""

    pages: dict[str, str] = field(default_factory=dict)
    available: bool = True
    read_: list[str] = field(default_factory=list)

    async def read(self, url: str) -> ReadPage | None:
        """A page, or None."""
        self.read_.append(url)
        return ReadPage("A title", self.pages[url]) if url in self.pages else None


def cited(*citations: Citation, text: str = "") -> Answer:
    """An answer that rests on these."""
    return Answer(text=text, citations=citations, cost_usd=0.005)


def scraper(
    answers: Oracle,
    fetcher: Fetcher | None = None,
    model: StructuredModel | None = None,
    metrics: Metrics | None = None,
) -> Scraper:
    """The step; without a model the stand-in's way of reading."""
    reader = Reader(model or stand_in_reader(), load_prompt("scribe.scraper.prompts", "read"), 8_000)
    return Scraper(answers, fetcher or Fetcher(), reader, (metrics or Metrics()).grounding, max_pages=2)


async def run(
    answer: Answer | Exception,
    fetcher: Fetcher | None = None,
    metrics: Metrics | None = None,
    model: StructuredModel | None = None,
    **fields: object,
) -> PipelineData:
    """The step with these collaborators."""
    data = make_task(**{"parsed": parsed(TemplateType.RESEARCH), **fields})
    async with within(10):
        return await scraper(Oracle(answer), fetcher, model, metrics)(data)


async def test_both_questions_are_asked_side_by_side() -> None:
    oracle = Oracle(cited())
    async with within(5):
        await scraper(oracle)(make_task())
    assert len(oracle.asked) == 2


@pytest.mark.parametrize(
    ("kind", "word"),
    [(TemplateType.RESEARCH, "papers"), (TemplateType.BOOK, "books"), (TemplateType.GENERAL, "recently")],
)
def test_publications_are_asked_for_by_type_with_the_search_terms(kind: TemplateType, word: str) -> None:
    background, publications = questions(make_task(parsed=parsed(kind)))
    assert "Dr. Ada Example" in background
    assert word in publications
    assert "Ada Example quantum fluids" in publications


def test_a_question_is_never_endless() -> None:
    data = make_task(recipient_name="x" * 255, recipient_interest="y" * 500, parsed=parsed(TemplateType.BOOK))
    assert all(len(question) <= MAX_QUESTION for question in questions(data))


async def test_sources_and_facts_come_from_the_cited_texts() -> None:
    result = (await run(cited(Citation(url="https://a.example/", title="A", text=FULL)))).research
    assert result is not None
    assert [(source.id, source.url, source.origin) for source in result.sources] == [
        ("S1", "https://a.example/", "exa")
    ]
    assert {fact.source_ids for fact in result.facts} == {("S1",)}


async def test_a_page_without_text_is_read_in_the_browser() -> None:
    reader = Fetcher({"https://a.example/": FULL})
    result = (await run(cited(Citation(url="https://a.example/")), reader)).research
    assert result is not None
    assert [(source.origin, source.title) for source in result.sources] == [("page", "A title")]
    assert result.facts


async def test_a_page_with_text_is_not_read_again_and_only_so_many_are() -> None:
    reader = Fetcher()
    empty = [Citation(url=f"https://{n}.example/") for n in range(5)]
    await run(cited(Citation(url="https://a.example/", text=FULL), *empty), reader)
    assert len(reader.read_) == 2
    assert "https://a.example/" not in reader.read_


async def test_no_results_are_a_warning() -> None:
    data = await run(cited())
    assert data.research is not None
    assert data.research.sources == ()
    assert data.warnings == (NOTHING_FOUND,)


async def test_pages_that_the_reader_finds_to_be_about_others_are_no_sources() -> None:
    data = await run(cited(Citation(url="https://a.example/", text="A page about something else entirely. " * 20)))
    assert data.research is not None
    assert data.research.sources == ()
    assert data.warnings == (NAMESAKES, NOTHING_FOUND)


async def test_pages_that_say_nothing_are_a_warning() -> None:
    data = await run(cited(Citation(url="https://a.example/", text="Ada Example | Home | Contact\n" * 20)))
    assert data.warnings == (NO_FACTS,)


async def test_without_a_browser_the_step_goes_on_with_exas_texts_and_says_so() -> None:
    pages = (Citation(url="https://a.example/", text=FULL), Citation(url="https://b.example/"))
    data = await run(cited(*pages), Fetcher(available=False))
    assert data.warnings == (NO_BROWSER,)
    assert data.research is not None
    assert data.research.facts


async def test_where_no_page_needs_a_browser_its_absence_is_not_mentioned() -> None:
    assert (await run(cited(Citation(url="https://a.example/", text=FULL)), Fetcher(available=False))).warnings == ()


async def test_what_the_reader_selects_and_what_does_not_hold_is_counted() -> None:
    metrics = Metrics()
    data = await run(cited(Citation(url="https://a.example/", text=FULL)), None, metrics, stand_in_reader("inventive"))
    assert data.research is not None
    assert data.research.facts_dropped > 0
    assert all("Nobel" not in fact.statement for fact in data.research.facts)
    count = metrics.registry.get_sample_value
    assert count("scribe_facts_total", {"fate": "dropped"}) == data.research.facts_dropped
    assert count("scribe_facts_dropped_total", {"reason": "not_in_passages"}) == data.research.facts_dropped


async def test_a_reader_without_a_usable_answer_costs_the_facts_and_not_the_email() -> None:
    model, _ = scripted("no JSON")
    data = await run(cited(Citation(url="https://a.example/", text=FULL)), model=model)
    assert data.research is not None
    assert (len(data.research.sources), data.research.facts) == (1, ())
    assert data.warnings == (NOT_READ,)


async def test_without_a_model_the_attempt_fails() -> None:
    model, _ = scripted(TransientError("busy"))
    with pytest.raises(TransientError):
        await run(cited(Citation(url="https://a.example/", text=FULL)), model=model)


async def test_that_the_recipient_has_died_is_a_warning() -> None:
    text = f"{FULL} Ada Example died on a Sunday and is missed by all of us at the college."
    assert (await run(cited(Citation(url="https://a.example/", text=text)))).warnings == (LIFE["died"],)


async def test_what_was_paid_is_recorded_by_role() -> None:
    data = await run(cited(Citation(url="https://a.example/", text=FULL)))
    assert (data.role_usage["exa"].calls, data.role_usage["exa"].cost_usd) == (2, 0.01)
    assert data.role_usage["reader"].calls == 1
    assert data.usage[Step.SCRAPER].calls == 3
    assert data.prompt_versions[Step.SCRAPER].startswith("read-")


async def test_an_unknown_price_is_not_free() -> None:
    assert (await run(Answer())).usage[Step.SCRAPER].cost_usd is None


async def test_when_exa_fails_so_does_the_attempt() -> None:
    with pytest.raises(TransientError):
        await run(TransientError("exa answered 503"))


async def test_the_most_that_can_be_found_fits_into_a_message() -> None:
    texts = (
        'Ada Example said "\\" a lot. ',
        "Ada Example ißt 漢字 und 🎉 gern in Nowhere. ",
        "“Ada Example” is here. ",
    )
    pages = [
        Citation(url=f"https://{n}.example/", title="t" * 300, text=(texts[n % 3] * 2000)[: CITATION_BYTES // 3])
        for n in range(30)
    ]
    data = await run(cited(*pages), email_template="x" * 10_000, recipient_interest="y" * 500)
    assert len(encode(data)) < MAX_BODY_BYTES
