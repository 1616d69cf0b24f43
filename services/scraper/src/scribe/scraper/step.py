"""Step 2: what the web says about the recipient, as sources and as facts with their quotes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import GroundingMetrics
from scribe.common.tasks.data import PipelineData, Research, Usage
from scribe.common.tasks.steps import Step
from scribe.scraper.exa import Answer, AnswerClient
from scribe.scraper.facts import Found, draw_facts
from scribe.scraper.identity import tell_apart
from scribe.scraper.questions import questions
from scribe.scraper.recipient import Recipient
from scribe.scraper.sources import Page, numbered, pages_of, ranked

NOTHING_FOUND = "Nothing about the recipient was found on the web."
NO_FACTS = "The pages that were found say nothing certain about the recipient."
NO_BROWSER = "Some pages could not be read because no browser is available."
NAMESAKES = "Pages that may be about other people of the same name were left out."


@dataclass(frozen=True)
class ReadPage:
    """A page that was opened: its title and the text that a reader sees."""

    title: str
    text: str


class PageFetcher(Protocol):
    """What the step needs of a browser."""

    @property
    def available(self) -> bool: ...
    async def read(self, url: str) -> ReadPage | None:
        """The page, or None where it cannot or must not be read."""
        ...


@dataclass(frozen=True)
class ScraperDeps:
    """What the step works with. `max_pages` is how many pages are opened for one task."""

    answers: AnswerClient
    reader: PageFetcher
    metrics: GroundingMetrics
    log: Logger
    max_pages: int


async def research(data: PipelineData, deps: ScraperDeps) -> PipelineData:
    """The data with its research. No results are a warning and never a failure."""
    recipient = Recipient.named(data.recipient_name)
    answers = await _ask(deps.answers, questions(data), data.cache_scope)
    data = data.with_usage(Step.SCRAPER, _usage(answers), role="exa")
    cited = ranked(pages_of(c for a in answers for c in a.citations), recipient, data.recipient_interest)
    pages, unread = await _with_texts(cited, deps)
    if unread and not deps.reader.available:
        data = data.with_warning(NO_BROWSER)
    told = [page for page in ranked(pages, recipient, data.recipient_interest) if recipient.named_in_full(page.text)]
    judged = tell_apart(told, recipient, data.recipient_interest)
    sources = numbered(judged.own)
    found = draw_facts(recipient, data.recipient_interest, sources, [answer.text for answer in answers])
    lost = len(draw_facts(recipient, data.recipient_interest, numbered(judged.strangers), ()).facts)
    result = Research(sources=sources, facts=found.facts, facts_dropped=found.dropped + lost)
    _count(result, deps)
    return data.model_copy(update={"research": result}).with_warning(*_warnings(result, judged.strangers, found))


async def _ask(answers: AnswerClient, asked: Sequence[str], scope: str) -> list[Answer]:
    """The answers to all questions, side by side.

    All are waited for, also when one fails: what was answered is kept, and not paid for again.

    Raises:
        WorkError: one of them failed.
    """
    results = await asyncio.gather(*(answers.answer(question, scope) for question in asked), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if isinstance(result, Answer)]


async def _with_texts(cited: list[Page], deps: ScraperDeps) -> tuple[list[Page], int]:
    """The pages, the best of those without text read in the browser, and how many stay without."""
    empty = [page for page in cited if not page.has_text][: deps.max_pages]
    async with asyncio.TaskGroup() as tasks:
        running = {page.url: tasks.create_task(deps.reader.read(page.url)) for page in empty}
    read = {url: found for url, task in running.items() if (found := task.result())}
    pages = [
        replace(page, title=read[page.url].title or page.title, text=read[page.url].text, origin="page")
        if page.url in read
        else page
        for page in cited
    ]
    return pages, len(empty) - len(read)


def _usage(answers: Sequence[Answer]) -> Usage:
    costs = [answer.cost_usd for answer in answers]
    known = [cost for cost in costs if cost is not None]
    return Usage(model="exa:answer", calls=len(costs), cost_usd=sum(known) if len(known) == len(costs) else None)


def _warnings(result: Research, strangers: Sequence[Page], found: Found) -> list[str]:
    warnings = [NAMESAKES] if strangers else []
    if not result.sources:
        return [*warnings, NOTHING_FOUND]
    return warnings if found.facts else [*warnings, NO_FACTS]


def _count(result: Research, deps: ScraperDeps) -> None:
    deps.metrics.facts.labels("kept").inc(len(result.facts))
    deps.metrics.facts.labels("dropped").inc(result.facts_dropped)
    for source in result.sources:
        deps.metrics.sources.labels(source.origin).inc()
