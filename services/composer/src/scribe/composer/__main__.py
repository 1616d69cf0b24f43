"""The composer's process: `python -m scribe.composer`."""

from scribe.common.process.heap import defer_collections
from scribe.common.process.signals import exit_on_signals

if __name__ == "__main__":
    exit_on_signals(0)  # before the imports below, which take a second
    defer_collections()

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from scribe.common.messaging.kv import open_response_cache
from scribe.common.messaging.streams import MEMO
from scribe.common.models import open_model
from scribe.common.models.prompts import load_prompt
from scribe.common.process.database import load_queries, open_pool
from scribe.common.settings import load
from scribe.common.tasks.steps import Step
from scribe.common.text.suffixes import public_suffixes
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker
from scribe.composer.checker import Checker
from scribe.composer.checks import check_names
from scribe.composer.drafting import Writer
from scribe.composer.settings import ComposerSettings
from scribe.composer.step import Composer
from scribe.composer.store import PostgresEmails


@asynccontextmanager
async def open_step(settings: ComposerSettings, resources: Resources) -> AsyncIterator[StepFunction]:
    """The composer's dependencies, and the step over them."""
    resources.metrics.grounding.create_zeros_of_emails(check_names())
    await asyncio.to_thread(public_suffixes)  # a fifth of a second, for which no delivery has to wait
    async with AsyncExitStack() as stack:
        bucket = await resources.broker.js.key_value(MEMO)
        cache = await stack.enter_async_context(open_response_cache(bucket, Step.COMPOSER))
        pool = await stack.enter_async_context(open_pool(settings, "composer", resources.metrics.database))
        open_role = partial(open_model, settings=settings, metrics=resources.metrics, cache=cache)
        model = await stack.enter_async_context(open_role(settings.models, role="composer"))
        checker = None
        if settings.checker_models:
            judge = await stack.enter_async_context(open_role(settings.checker_models, role="checker"))
            checker = Checker(judge, load_prompt("scribe.composer.prompts", "check"))
        emails = PostgresEmails(pool, load_queries("scribe.composer.queries"), resources.metrics.database)
        writer = Writer(model, load_prompt("scribe.composer.prompts", "compose"), checker)
        yield Composer(writer, emails, resources.metrics.grounding, time.monotonic)


def main() -> None:
    """Run until a signal."""
    settings = load(ComposerSettings)
    run_worker(Step.COMPOSER, settings, partial(open_step, settings))


if __name__ == "__main__":
    main()
