"""One Chromium for the process: found, started at the first page, and started again when it dies."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import BrowserMetrics
from scribe.common.process.heap import loading
from scribe.common.text.loading import once
from scribe.scraper.browsing import LAUNCH_TIMEOUT, LaunchError
from scribe.scraper.settings import ScraperSettings

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from scribe.scraper.launching import Session

MAX_STARTS = 5
STARTS_WINDOW = 300.0
"""No more than five starts in five minutes: a browser that keeps dying is left alone, and work goes on without."""

Start = Callable[[], Awaitable["Session | None"]]
"""Starts a browser; None where the machine has none. Raises LaunchError where it does not start."""


class Chromium:
    """The browser of this process, whichever it is at the moment."""

    def __init__(
        self, start: Start, metrics: BrowserMetrics, log: Logger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._start = start
        self._metrics = metrics
        self._log = log
        self._clock = clock
        self._session: Session | None = None
        self._starts: list[float] = []
        self._lock = asyncio.Lock()
        self.available = True

    async def browser(self) -> "Browser | None":
        """A browser that is connected, started if need be; None where there is none, or it dies too often."""
        async with self._lock:
            if self._session and self._session.browser.is_connected():
                return self._session.browser
            await self._end()
            if not self.available or self._started_too_often():
                return None
            await self._begin()
            return self._session.browser if self._session else None

    async def discard(self, browser: "Browser") -> None:
        """End a browser that does not answer; the next page gets another."""
        async with self._lock:
            if self._session and self._session.browser is browser:
                await self._end()

    async def close(self) -> None:
        """End the browser for good."""
        async with self._lock:
            self.available = False
            await self._end()

    async def _begin(self) -> None:
        if self._starts:
            self._metrics.restarts.inc()
        self._starts.append(self._clock())
        try:
            async with asyncio.timeout(LAUNCH_TIMEOUT):
                self._session = await self._start()
        except (LaunchError, TimeoutError, OSError) as error:
            cause = error.__cause__ or error
            self._log.warning("browser_not_started", error_class=type(cause).__name__)
            return
        if self._session is None:
            self.available = False
            self._log.warning("browser_missing", reason="no Chromium was found; set SCRIBE_CHROMIUM or install one")

    async def _end(self) -> None:
        if self._session:
            session, self._session = self._session, None
            await session.close()

    def _started_too_often(self) -> bool:
        since = self._clock() - STARTS_WINDOW
        self._starts = [start for start in self._starts if start > since]
        return len(self._starts) >= MAX_STARTS


@once
def _launcher() -> Callable[[ScraperSettings, Logger], Awaitable["Session | None"]]:
    with loading():
        from scribe.scraper.launching import start_chromium  # noqa: PLC0415 - a scraper without pages does without

    return start_chromium


@asynccontextmanager
async def open_chromium(settings: ScraperSettings, metrics: BrowserMetrics, log: Logger) -> AsyncIterator[Chromium]:
    """The browser of this process, ended at the end of the block."""

    async def start() -> "Session | None":
        launch = await asyncio.to_thread(_launcher)
        return await launch(settings, log)

    chromium = Chromium(start, metrics, log)
    try:
        yield chromium
    finally:
        await chromium.close()
