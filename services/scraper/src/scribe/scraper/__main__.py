"""`python -m scribe.scraper`: the worker of step 2."""

from scribe.common.process.heap import defer_collections
from scribe.common.process.signals import exit_on_signals

if __name__ == "__main__":
    exit_on_signals(0)  # before the imports below, which take a second
    defer_collections()

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from scribe.common.errors import ConfigurationError
from scribe.common.http.guard import guarded_client
from scribe.common.messaging.kv import open_response_cache
from scribe.common.messaging.streams import MEMO
from scribe.common.models import open_model
from scribe.common.models.prompts import load_prompt
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import BrowserMetrics
from scribe.common.settings import load
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker
from scribe.scraper.browsing import Limits
from scribe.scraper.chromium import open_chromium
from scribe.scraper.exa import open_exa
from scribe.scraper.extractor import open_extractor
from scribe.scraper.fetching import ChromiumFetcher
from scribe.scraper.reader import Reader
from scribe.scraper.robots import Robots
from scribe.scraper.settings import ScraperSettings
from scribe.scraper.step import Scraper

ROBOTS_TIMEOUT = 5.0


@asynccontextmanager
async def open_fetcher(
    settings: ScraperSettings, metrics: BrowserMetrics, log: Logger
) -> AsyncIterator[ChromiumFetcher]:
    """What opens foreign pages, with its browser, guard and robots.txt."""
    metrics.create_zeros()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            guarded_client(settings.guard, timeout=ROBOTS_TIMEOUT, user_agent=settings.user_agent, tls=settings.tls)
        )
        yield ChromiumFetcher(
            chromium=await stack.enter_async_context(open_chromium(settings, metrics, log)),
            guard=settings.guard,
            robots=Robots(client),
            limits=Limits(settings.page_timeout, settings.page_max_bytes, settings.user_agent),
            places=asyncio.Semaphore(settings.browser_pages),
            extractor=await stack.enter_async_context(open_extractor()),
            metrics=metrics,
            log=log,
        )


@asynccontextmanager
async def open_step(settings: ScraperSettings, resources: Resources) -> AsyncIterator[StepFunction]:
    """The step with Exa, the browser, the reading model and the cache of paid answers.

    Raises:
        ConfigurationError: there is no key for Exa or for the model.
    """
    if settings.exa_api_key is None:
        raise ConfigurationError("the scraper needs a key of Exa: set EXA_API_KEY")
    metrics = resources.metrics
    metrics.grounding.create_zeros_of_research()
    bucket = await resources.broker.js.key_value(MEMO)
    key = partial(settings.current_secret, "exa_api_key")
    async with (
        open_response_cache(bucket, Step.SCRAPER) as cache,
        open_exa(key, settings.exa_url, cache, metrics, timeout=settings.exa_timeout) as answers,
        open_fetcher(settings, metrics.browser, resources.log) as fetcher,
        open_model(settings.models, settings, metrics, role="reader", cache=cache) as model,
    ):
        reader = Reader(model, load_prompt("scribe.scraper.prompts", "read"), settings.scraper_reading_tokens)
        yield Scraper(answers, fetcher, reader, metrics.grounding, settings.browser_pages_per_task)


def main() -> None:
    """Run the worker until it is told to stop."""
    settings = load(ScraperSettings)
    run_worker(Step.SCRAPER, settings, partial(open_step, settings))


if __name__ == "__main__":
    main()
