"""Reading foreign pages: at most so many at once, only where the guard and robots.txt allow, counted by outcome."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from scribe.common.errors import StepError
from scribe.common.guard import UrlGuard
from scribe.common.logs import Logger
from scribe.common.metrics import BrowserMetrics
from scribe.scraper.chromium import Chromium
from scribe.scraper.exa import CITATION_BYTES
from scribe.scraper.extraction import Snapshot, readable_text
from scribe.scraper.robots import Robots
from scribe.scraper.sentences import clean
from scribe.scraper.step import ReadPage
from scribe.scraper.visit import Limits, PageError, StuckError, visit


@dataclass(frozen=True)
class PageReader:
    """Opens pages in Chromium and gives their text. `places` bounds the pages open at once."""

    chromium: Chromium
    guard: UrlGuard
    robots: Robots
    limits: Limits
    places: asyncio.Semaphore
    executor: Executor
    metrics: BrowserMetrics
    log: Logger

    @property
    def available(self) -> bool:
        """Whether there is a browser at all."""
        return self.chromium.available

    async def read(self, url: str) -> ReadPage | None:
        """The page's title and text, or None where it cannot or must not be read."""
        if not self.available:
            return None
        async with self.places:
            with (
                self.metrics.open_pages.labels("chromium").track_inprogress(),
                self.metrics.page_duration.labels("chromium").time(),
            ):
                try:
                    page, outcome = await self._read(url), "read"
                except PageError as error:
                    page, outcome = None, str(error)
        self.metrics.pages.labels(outcome).inc()
        if page is None:
            self.log.info("page_not_read", outcome=outcome)
        return page

    async def _read(self, url: str) -> ReadPage:
        await self._refuse_forbidden(url)
        browser = await self.chromium.browser()
        if browser is None:
            raise PageError("no_browser")
        try:
            snapshot = await visit(browser, url, self.guard, self.limits)
        except StuckError as error:
            await self.chromium.discard(browser)
            raise PageError("crashed") from error
        return await self._extract(snapshot)

    async def _refuse_forbidden(self, url: str) -> None:
        try:
            await self.guard.check(url)
        except StepError as error:
            raise PageError("refused") from error
        if not await self.robots.allow(url):
            raise PageError("robots")

    async def _extract(self, snapshot: Snapshot) -> ReadPage:
        """The text, worked out in a thread: a page of a million characters takes its time."""
        text = await asyncio.get_running_loop().run_in_executor(self.executor, readable_text, snapshot)
        cleaned = clean(text, CITATION_BYTES)
        if not cleaned:
            raise PageError("empty")
        return ReadPage(title=clean(snapshot.title, 300), text=cleaned)
