"""A reader of pages with a real Chromium, and the site that it reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import structlog

from scribe.common.observability.metrics import Metrics
from scribe.scraper.__main__ import open_fetcher
from scribe.scraper.fetching import ChromiumFetcher
from scribe.scraper.settings import ScraperSettings
from scribe.scraper.sources import ReadPage
from tests.integration.scraper.processes import children
from tests.integration.scraper.site import Site, site_serving
from tests.support.deadlines import stretched, within
from tests.support.requirements import require_program

MAX_PAGE_TIMEOUT = 60.0
"""The most that the setting admits."""


@dataclass
class Reading:
    """A reader, the site it reads, and what it counts."""

    reader: ChromiumFetcher
    site: Site
    metrics: Metrics

    async def read(self, path: str) -> ReadPage | None:
        """A page of the site."""
        async with within(40):
            return await self.reader.read(self.site.url(path))

    def within(self, seconds: float) -> "Reading":
        """The same, with that much time for a page."""
        limits = replace(self.reader.limits, seconds=seconds)
        return replace(self, reader=replace(self.reader, limits=limits))

    def pages(self, outcome: str) -> float:
        """How many pages had this outcome."""
        return self.metrics.registry.get_sample_value("scribe_browser_pages_total", {"outcome": outcome}) or 0.0

    @property
    def restarts(self) -> float:
        """How often the browser was started again."""
        return self.metrics.registry.get_sample_value("scribe_browser_restarts_total") or 0.0

    @property
    def open_pages(self) -> float:
        """How many pages are open now."""
        return self.metrics.registry.get_sample_value("scribe_browser_open_pages") or 0.0


@asynccontextmanager
async def reading(**settings: object) -> AsyncIterator[Reading]:
    """A reader that may reach the site, with these settings."""
    given = {"chromium": require_program("chromium"), "page_timeout": min(stretched(15), MAX_PAGE_TIMEOUT), **settings}
    metrics = Metrics()
    async with site_serving() as site:
        made = ScraperSettings.model_validate({"guard_allow": f"127.0.0.1:{site.port}", **given})
        async with open_fetcher(made, metrics.browser, structlog.get_logger()) as reader:
            yield Reading(reader, site, metrics)


def kill_browsers() -> None:
    """End every Chromium that this process has started."""
    for process in children():
        if process.is_browser:
            process.kill()
