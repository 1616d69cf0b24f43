"""A worker whose step does nothing: `python -m benchmarks.noop_worker parser`. The composer's writes its e-mail."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from scribe.common.process.database import load_queries, open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.common.settings import load
from scribe.common.tasks.data import ParsedTemplate, PipelineData, TemplateType
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker
from scribe.common.worker.settings import WorkerSettings
from scribe.composer.metadata import FinishedEmail
from scribe.composer.store import EmailStore, PostgresEmails

EMAIL = FinishedEmail("Dear Ada,", TemplateType.RESEARCH, is_confident=True, metadata={}, warnings=())


class NoopSettings(WorkerSettings, DatabaseSettings):
    """What the composer reads."""


async def parse(data: PipelineData) -> PipelineData:
    """A template of research, so that the task passes all four steps."""
    return data.model_copy(update={"parsed": ParsedTemplate(template_type=TemplateType.RESEARCH, search_terms=())})


async def nothing(data: PipelineData) -> PipelineData:
    """What came in."""
    return data


async def write(emails: EmailStore, data: PipelineData) -> PipelineData:
    """The composer's two transactions, around no writing."""
    data = await emails.as_submitted(data)
    return data.model_copy(update={"email_id": data.email_id or await emails.write(data, EMAIL)})


@asynccontextmanager
async def open_step(step: Step, settings: NoopSettings, resources: Resources) -> AsyncIterator[StepFunction]:
    """The step, with the composer's database where it is the composer."""
    if step != Step.COMPOSER:
        yield parse if step == Step.PARSER else nothing
        return
    async with open_pool(settings, "composer", resources.metrics.database) as pool:
        yield partial(write, PostgresEmails(pool, load_queries("scribe.composer.queries"), resources.metrics.database))


def main(name: str) -> None:
    """Run until a signal."""
    step, settings = ROUTE.named(name), load(NoopSettings)
    run_worker(step, settings, partial(open_step, step, settings))


if __name__ == "__main__":
    main(sys.argv[1])
