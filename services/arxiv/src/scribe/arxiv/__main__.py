"""`python -m scribe.arxiv`: the worker of step 3."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from scribe.arxiv.search import ArxivSearch
from scribe.arxiv.settings import ArxivSettings
from scribe.arxiv.step import find_papers
from scribe.common.http.breaker import Breaker
from scribe.common.http.upstream import open_upstream
from scribe.common.messaging.kv import RateLimiter, ResponseCache
from scribe.common.settings import load
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker

USER_AGENT = "Scribe/0.1 (research assistant; https://info.arxiv.org/help/api/tou.html)"

JITTER_FACTOR = 1.1
"""Requests take unequal times to arrive: slots are a tenth wider apart than arXiv asks for."""


@asynccontextmanager
async def open_step(settings: ArxivSettings, resources: Resources) -> AsyncIterator[StepFunction]:
    """The step with its HTTP client, cache and rate limit."""
    papers = await resources.broker.js.key_value("papers")
    slots = await resources.broker.js.key_value("slots")
    resources.metrics.grounding.create_zeros_of_papers()
    async with open_upstream(
        "arxiv",
        settings.arxiv_url,
        resources.metrics,
        timeout=settings.arxiv_timeout,
        headers={"User-Agent": USER_AGENT},
    ) as upstream:
        limiter = RateLimiter(slots, "arxiv", settings.arxiv_interval * JITTER_FACTOR)
        breaker = Breaker("arxiv", resources.metrics.upstreams)
        search = ArxivSearch(upstream, ResponseCache(papers, Step.ARXIV), limiter, breaker, resources.log)

        async def step(data: PipelineData) -> PipelineData:
            found = await find_papers(data, search, resources.log)
            resources.metrics.grounding.papers.labels("arxiv").inc(len(found.papers or ()))
            return found

        yield step


def main() -> None:
    """Run the worker until it is told to stop."""
    settings = load(ArxivSettings)
    run_worker(Step.ARXIV, settings, partial(open_step, settings))


if __name__ == "__main__":
    main()
