"""Reading foreign pages: at most so many at once, only where the guard and robots.txt allow, counted by outcome."""

import asyncio
from dataclasses import dataclass

from scribe.common.errors import WorkError
from scribe.common.http.guard import UrlGuard
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import BrowserMetrics
from scribe.common.observability.spans import call_span, record_failure
from scribe.scraper.browsing import Limits, PageError, StuckError
from scribe.scraper.chromium import Chromium
from scribe.scraper.exa import CITATION_BYTES
from scribe.scraper.extraction import Snapshot
from scribe.scraper.extractor import ExtractionError, Extractor
from scribe.scraper.page_text import clean
from scribe.scraper.robots import Robots
from scribe.scraper.sources import ReadPage

VISITS = 2
"""A page whose browser dies is visited once more: another page may have been the cause."""


class BrowserDiedError(PageError):
    """The browser ended during the visit."""


@dataclass(frozen=True)
class ChromiumFetcher:
    """Opens pages in Chromium and gives their text. `places` bounds the pages open at once."""

    chromium: Chromium
    guard: UrlGuard
    robots: Robots
    limits: Limits
    places: asyncio.Semaphore
    extractor: Extractor
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
                call_span("web", "GET") as span,
                self.metrics.open_pages.track_inprogress(),
                self.metrics.page_duration.time(),
            ):
                try:
                    page, outcome = await self._read(url), "read"
                except PageError as error:
                    page, outcome = None, str(error)
                    record_failure(span, outcome)
        self.metrics.pages.labels(outcome).inc()
        if page is None:
            self.log.info("page_not_read", outcome=outcome)
        return page

    async def _read(self, url: str) -> ReadPage:
        url = await self._allowed(url)
        for _ in range(VISITS - 1):
            try:
                return await self._extract(await self._visit(url))
            except BrowserDiedError:
                continue
        return await self._extract(await self._visit(url))

    async def _visit(self, url: str) -> Snapshot:
        """One visit.

        Raises:
            PageError: the page cannot be read. BrowserDiedError: the next browser may be able to read it.
        """
        browser = await self.chromium.browser()
        if browser is None:
            raise PageError("no_browser")
        from scribe.scraper.visit import visit  # noqa: PLC0415 - the browser has loaded what it needs

        try:
            return await visit(browser, url, self.guard, self.limits)
        except StuckError as error:
            await self.chromium.discard(browser)
            raise BrowserDiedError("browser_died") from error
        except PageError as error:
            if browser.is_connected():
                raise
            raise BrowserDiedError("browser_died") from error

    async def _allowed(self, url: str) -> str:
        """The URL in the form that was checked."""
        try:
            checked = await self.guard.check(url)
        except WorkError as error:
            raise PageError("refused") from error
        if not await self.robots.allow(checked.url):
            raise PageError("robots")
        return checked.url

    async def _extract(self, snapshot: Snapshot) -> ReadPage:
        try:
            text = await self.extractor.text_of(snapshot)
        except ExtractionError as error:
            raise PageError("timeout") from error
        cleaned = clean(text, CITATION_BYTES)
        if not cleaned:
            raise PageError("empty")
        return ReadPage(title=clean(snapshot.title, 300), text=cleaned)
