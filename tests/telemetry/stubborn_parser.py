"""A parser process whose step fails at its first attempt: `python -m tests.telemetry.stubborn_parser`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scribe.common.errors import TransientError
from scribe.common.settings import load
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker
from scribe.common.worker.settings import WorkerSettings


@asynccontextmanager
async def open_step(_resources: Resources) -> AsyncIterator[StepFunction]:
    """A step that works at its second attempt."""
    tried: set[object] = set()

    async def parse(data: PipelineData) -> PipelineData:
        if data.task_id not in tried:
            tried.add(data.task_id)
            raise TransientError("a model answered 529", retry_after=0.1)
        return data

    yield parse


if __name__ == "__main__":
    run_worker(Step.PARSER, load(WorkerSettings), open_step)
