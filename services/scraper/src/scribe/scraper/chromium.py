"""One Chromium for the process: found, started at the first page, and started again when it dies."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Error, Playwright, async_playwright

from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import BrowserMetrics
from scribe.scraper.settings import ScraperSettings

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
LAUNCH_TIMEOUT = 30.0
CLOSE_TIMEOUT = 5.0
MAX_STARTS = 5
STARTS_WINDOW = 300.0
"""No more than five starts in five minutes: a browser that keeps dying is left alone, and work goes on without."""
UNWANTED = ("--disable-popup-blocking",)
"""Playwright's defaults that are not wanted: every popup would be a process of its own that nothing reads."""
NOWHERE = "http://127.0.0.1:9"
"""The proxy of whatever does not belong to a page."""

ARGUMENTS = (
    "--disable-quic",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pings",
    "--mute-audio",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--in-process-gpu",
    "--js-flags=--max-old-space-size=128",
)
"""Arguments that leave the page's proxy as the only way out: no QUIC, no UDP of WebRTC, no DNS by Chromium."""


@dataclass(frozen=True)
class Session:
    """A running browser with the driver that controls it."""

    playwright: Playwright
    browser: Browser

    async def close(self) -> None:
        """End both; what has died already is no fault."""
        for end in (self.browser.close, self.playwright.stop):
            with suppress(Error, TimeoutError, OSError):
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await end()


Start = Callable[[], Awaitable[Session | None]]
"""Starts a browser; None where the machine has none. Raises playwright's Error where it does not start."""


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

    async def browser(self) -> Browser | None:
        """A browser that is connected, started if need be; None where there is none, or it dies too often."""
        async with self._lock:
            if self._session and self._session.browser.is_connected():
                return self._session.browser
            await self._end()
            if not self.available or self._started_too_often():
                return None
            await self._begin()
            return self._session.browser if self._session else None

    async def discard(self, browser: Browser) -> None:
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
        except (Error, TimeoutError, OSError) as error:
            self._log.warning("browser_not_started", error_class=type(error).__name__)
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


def find_chromium(configured: str | None, bundled: str) -> str | None:
    """The path of a Chromium: the configured one, the system's, or the one that Playwright has installed."""
    if configured:
        return shutil.which(configured)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (bundled if Path(bundled).exists() else None)


async def start_chromium(settings: ScraperSettings, log: Logger) -> Session | None:
    """Start the driver and the browser."""
    async with AsyncExitStack() as stack:
        playwright = await async_playwright().start()
        stack.push_async_callback(playwright.stop)
        path = find_chromium(settings.chromium, playwright.chromium.executable_path)
        if path is None:
            return None
        browser = await _launch(playwright, path, settings, log)
        stack.pop_all()
        return Session(playwright, browser)


async def _launch(playwright: Playwright, path: str, settings: ScraperSettings, log: Logger) -> Browser:
    sandbox = settings.browser_sandbox == "on" or (settings.browser_sandbox == "auto" and os.geteuid() != 0)
    try:
        return await _launch_with(playwright, path, sandbox=sandbox)
    except Error:
        if not sandbox or settings.browser_sandbox == "on":
            raise
        log.warning("browser_without_sandbox", reason="Chromium did not start with its own sandbox")
        return await _launch_with(playwright, path, sandbox=False)


async def _launch_with(playwright: Playwright, path: str, *, sandbox: bool) -> Browser:
    return await playwright.chromium.launch(
        executable_path=path,
        args=list(ARGUMENTS),
        ignore_default_args=list(UNWANTED),
        chromium_sandbox=sandbox,
        proxy={"server": NOWHERE},
        timeout=LAUNCH_TIMEOUT * 1000,
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


@asynccontextmanager
async def open_chromium(settings: ScraperSettings, metrics: BrowserMetrics, log: Logger) -> AsyncIterator[Chromium]:
    """The browser of this process, ended at the end of the block."""
    chromium = Chromium(lambda: start_chromium(settings, log), metrics, log)
    try:
        yield chromium
    finally:
        await chromium.close()
