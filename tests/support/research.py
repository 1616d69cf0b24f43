"""Tasks on their way through the research steps, played by a test."""

import asyncio
from datetime import UTC, datetime

from nats.js.errors import NotFoundError

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.publisher import Publisher
from scribe.common.tasks.data import PipelineData, decode
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from tests.support.deadlines import within


async def submit(broker: Broker, data: PipelineData, step: Step) -> None:
    """Publish the work of `step`, as the step before it does."""
    await Publisher(broker).transition(data, progress_of(data, State.QUEUED, step, datetime.now(UTC)))


async def finished(broker: Broker, data: PipelineData, following: Step, *, timeout: float = 60.0) -> PipelineData:
    """What the next step gets, once it is there."""
    subject = f"pipeline.{following}.{data.task_id}.{data.run}"
    async with within(timeout):
        while True:
            try:
                return decode((await broker.js.get_last_msg("PIPELINE", subject)).data or b"")
            except NotFoundError:
                await asyncio.sleep(0.05)
