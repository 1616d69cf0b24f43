"""The composer's process: `python -m scribe.composer`."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from scribe.common.messaging.kv import ResponseCache
from scribe.common.models import open_model
from scribe.common.models.prompts import load_prompt
from scribe.common.process.database import load_queries, open_pool
from scribe.common.settings import load
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker
from scribe.composer.checks import check_names
from scribe.composer.settings import ComposerSettings
from scribe.composer.step import ComposerDeps, compose
from scribe.composer.store import PostgresEmails


@asynccontextmanager
async def open_step(settings: ComposerSettings, resources: Resources) -> AsyncIterator[StepFunction]:
    """The composer's dependencies, and the step over them."""
    cache = ResponseCache(await resources.broker.js.key_value("memo"))
    resources.metrics.grounding.create_zeros_of_emails(check_names())
    async with (
        open_pool(settings, "composer", resources.metrics.database) as pool,
        open_model(settings.models, settings, resources.metrics, purpose=Step.COMPOSER, cache=cache) as model,
    ):
        deps = ComposerDeps(
            model=model,
            prompt=load_prompt("scribe.composer.prompts", "compose"),
            emails=PostgresEmails(pool, load_queries("scribe.composer.queries"), resources.metrics.database),
            metrics=resources.metrics.grounding,
            clock=time.monotonic,
        )
        yield partial(compose, deps)


def main() -> None:
    """Run until a signal."""
    settings = load(ComposerSettings)
    run_worker(Step.COMPOSER, settings, partial(open_step, settings))


if __name__ == "__main__":
    main()
