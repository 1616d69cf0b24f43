"""`python -m scribe.arxiv`: the worker of step 3, which also takes its turns at sending requests to arXiv."""

from scribe.common.process.heap import defer_collections
from scribe.common.process.signals import exit_on_signals

if __name__ == "__main__":
    exit_on_signals(0)  # before the imports below, which take a second
    defer_collections()

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from nats.js.errors import NotFoundError

from scribe.arxiv.answers import Answers
from scribe.arxiv.asking import Asker
from scribe.arxiv.client import ArxivClient
from scribe.arxiv.early import EarlyLookups
from scribe.arxiv.library import SharedLibrary
from scribe.arxiv.lookups import Lookups
from scribe.arxiv.settings import ArxivSettings
from scribe.arxiv.step import FindPapers
from scribe.arxiv.turns import Turns
from scribe.common.http.breaker import Breaker
from scribe.common.messaging.consumer import Consumer, PullOptions
from scribe.common.messaging.ensuring import verify_arxiv_consumers
from scribe.common.messaging.streams import ARXIV_EARLY, PIPELINE
from scribe.common.process.ending import cancel_and_wait
from scribe.common.settings import load
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker

EARLY_CONCURRENCY = 8
RETRY_INTERVAL = 0.5
MIN_PAUSE, MAX_PAUSE = 2.0, 100.0
"""Intervals for which no request is sent after arXiv did not answer: at first, and at most."""
MIN_PAUSE_SECONDS = 1.0


@asynccontextmanager
async def open_step(settings: ArxivSettings, resources: Resources) -> AsyncIterator[StepFunction]:
    """The step; while it is open this process also takes its turns at asking arXiv."""
    lookups, answers = Lookups(resources.broker), Answers(resources.broker.js)
    breaker = _breaker(settings.arxiv_interval, resources)
    library = SharedLibrary(lookups, answers, settings.arxiv_interval, breaker)
    step = FindPapers(library, settings.arxiv_patience, resources.log)

    async def counted(data: PipelineData) -> PipelineData:
        found = await step(data)
        resources.metrics.grounding.papers.labels("arxiv").inc(len(found.papers or ()))
        return found

    resources.metrics.arxiv.create_zeros()
    resources.metrics.grounding.create_zeros_of_papers()
    await _wait_for_consumers(resources)
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(_asker(settings, resources, lookups, answers, breaker).run())
        early = _early_consumer(resources, EarlyLookups(lookups, answers, resources.log))
        looking = tasks.create_task(early.run())
        try:
            yield counted
        finally:
            early.stop()
            await cancel_and_wait(asking, looking)


async def _wait_for_consumers(resources: Resources) -> None:
    """They may be provisioned a little later than the streams.

    Raises:
        ConfigurationError: one is there with another configuration.
    """
    while True:
        try:
            await verify_arxiv_consumers(resources.broker.js)
            return
        except NotFoundError:
            resources.log.info("waiting_for_streams")
            await asyncio.sleep(RETRY_INTERVAL)


def _breaker(interval: float, resources: Resources) -> Breaker:
    return Breaker(
        "arxiv",
        resources.metrics.upstreams,
        threshold=1,
        first=max(MIN_PAUSE_SECONDS, MIN_PAUSE * interval),
        longest=max(MIN_PAUSE_SECONDS, MAX_PAUSE * interval),
    )


def _asker(
    settings: ArxivSettings, resources: Resources, lookups: Lookups, answers: Answers, breaker: Breaker
) -> Asker:
    interval = settings.arxiv_interval
    return Asker(
        turns=Turns(resources.broker, interval),
        lookups=lookups,
        answers=answers,
        source=ArxivClient(settings.arxiv_url, settings.arxiv_timeout, resources.metrics),
        breaker=breaker,
        interval=interval,
        metrics=resources.metrics.arxiv,
        log=resources.log,
    )


def _early_consumer(resources: Resources, early: EarlyLookups) -> Consumer:
    return Consumer(
        resources.broker,
        PullOptions(stream=PIPELINE, durable=ARXIV_EARLY, concurrency=EARLY_CONCURRENCY),
        early.handle,
        ensure=lambda: verify_arxiv_consumers(resources.broker.js),
        log=resources.log,
    )


def main() -> None:
    """Run the worker until it is told to stop."""
    settings = load(ArxivSettings)
    run_worker(Step.ARXIV, settings, partial(open_step, settings))


if __name__ == "__main__":
    main()
