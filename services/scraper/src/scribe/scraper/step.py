"""Step 2: what the web says about the recipient, as sources and as facts with their quotes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from scribe.common.models import price_warnings
from scribe.common.observability.metrics import GroundingMetrics
from scribe.common.tasks.data import PipelineData, Research, Source
from scribe.common.tasks.steps import Step
from scribe.common.tasks.usage import Usage
from scribe.common.text.injection import before_instructions, interest_in
from scribe.scraper.exa import Answer, AnswerClient
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.questions import questions
from scribe.scraper.reader import Reader, Reading
from scribe.scraper.sources import Page, ReadPage, pages_of, ranked

NOTHING_FOUND = "Nothing about the recipient was found on the web."
NO_FACTS = "The pages that were found say nothing certain about the recipient."
NO_BROWSER = "Some pages could not be read because no browser is available."
NAMESAKES = "Pages that may be about other people of the same name were left out."
NOT_READ = "The language model could not read the pages that were found, so nothing in them is used."
LIFE = {
    "died": "A page says that the recipient has died. Please make sure before you send the e-mail.",
    "retired": "A page says that the recipient has retired.",
}


class PageFetcher(Protocol):
    """What the step needs of a browser."""

    @property
    def available(self) -> bool: ...
    async def read(self, url: str) -> ReadPage | None:
        """The page, or None where it cannot or must not be read."""
        ...


@dataclass(frozen=True)
class Scraper:
    """The step. `max_pages` is how many pages are opened in the browser for one task."""

    answers: AnswerClient
    fetcher: PageFetcher
    reader: Reader
    metrics: GroundingMetrics
    max_pages: int

    async def __call__(self, data: PipelineData) -> PipelineData:
        """The data with its research. No results, or pages that could not be read, are a warning and never a failure.

        Raises:
            WorkError: Exa, or every model, is away or refuses.
        """
        recipient = NameMatcher.named(before_instructions(data.recipient_name))
        interest = interest_in(data.recipient_interest).text
        answers = await self._ask(questions(data), data.cache_scope)
        data = data.with_usage(Step.SCRAPER, _usage(answers), role="exa")
        cited = await asyncio.to_thread(ranked, pages_of(c for a in answers for c in a.citations), recipient, interest)
        pages, unread = await self._with_texts(cited)
        if unread and not self.fetcher.available:
            data = data.with_warning(NO_BROWSER)
        if pages != cited:
            pages = await asyncio.to_thread(ranked, pages, recipient, interest)
        reading = await self.reader.read(data, recipient, pages)
        self._count(reading)
        return _with_reading(data, reading, self.reader.prompt_version)

    async def _ask(self, asked: Sequence[str], scope: str) -> list[Answer]:
        """The answers to all questions, side by side.

        All are waited for, also when one fails: what was answered is kept, and not paid for again.

        Raises:
            WorkError: one of them failed.
        """
        asking = (self.answers.answer(question, scope) for question in asked)
        results = await asyncio.gather(*asking, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if isinstance(result, Answer)]

    async def _with_texts(self, cited: list[Page]) -> tuple[list[Page], int]:
        """The pages, the best of those without text read in the browser, and how many stay without."""
        empty = [page for page in cited if not page.has_text][: self.max_pages]
        async with asyncio.TaskGroup() as tasks:
            running = {page.url: tasks.create_task(self.fetcher.read(page.url)) for page in empty}
        read = {url: found for url, task in running.items() if (found := task.result())}
        return [_as_read(page, read) for page in cited], len(empty) - len(read)

    def _count(self, reading: Reading) -> None:
        for source in reading.collection.sources.values():
            self.metrics.sources.labels(source.origin).inc()
        self.metrics.facts_dropped.labels("hostile").inc(reading.collection.hostile)
        if reading.verified is None:
            return
        self.metrics.facts.labels("kept").inc(len(reading.verified.facts))
        self.metrics.facts.labels("dropped").inc(reading.verified.drops.total())
        for reason, count in reading.verified.drops.items():
            self.metrics.facts_dropped.labels(reason).inc(count)


def _as_read(page: Page, read: Mapping[str, ReadPage]) -> Page:
    found = read.get(page.url)
    return replace(page, title=found.title or page.title, text=found.text, origin="page") if found else page


def _usage(answers: Sequence[Answer]) -> Usage:
    costs = [answer.cost_usd for answer in answers]
    known = [cost for cost in costs if cost is not None]
    return Usage(model="exa:answer", calls=len(costs), cost_usd=sum(known) if len(known) == len(costs) else None)


def _with_reading(data: PipelineData, reading: Reading, prompt_version: str) -> PipelineData:
    """The data with what was read: the pages about the recipient, and all pages where no model could tell them."""
    verified = reading.verified
    sources = tuple(reading.collection.sources.values())
    if verified is not None:
        sources = tuple(source for source in sources if source.id in verified.pages)
    facts = verified.facts if verified else ()
    research = Research(sources=sources, facts=facts, facts_dropped=verified.drops.total() if verified else 0)
    update: dict[str, object] = {"research": research}
    if reading.usage.calls:
        data = data.with_usage(Step.SCRAPER, reading.usage, role="reader")
        update["prompt_versions"] = {**data.prompt_versions, Step.SCRAPER: prompt_version}
    warnings = (*_warnings(reading, sources), *price_warnings(reading.usage))
    return data.model_copy(update=update).with_warning(*warnings)


def _warnings(reading: Reading, sources: Sequence[Source]) -> list[str]:
    if not reading.collection.sources:
        return [NOTHING_FOUND]
    if reading.verified is None:
        return [NOT_READ]
    warnings = [NAMESAKES] if len(sources) < len(reading.collection.sources) else []
    if reading.life in LIFE:
        warnings.append(LIFE[reading.life])
    return warnings if reading.verified.facts else [*warnings, NO_FACTS if sources else NOTHING_FOUND]
