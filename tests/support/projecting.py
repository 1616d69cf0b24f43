"""Tasks on their way through the gateway, and what the projector has of them."""

from functools import partial

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from tests.support.gateway import User
from tests.support.pipeline import Workers
from tests.support.waiting import eventually


async def started(user: User, workers: Workers) -> tuple[str, PipelineData]:
    """A task whose first message is published."""
    task_id = await user.generate()
    await eventually(partial(user.is_in, task_id, "STARTED"))
    return task_id, await workers.waiting(Step.PARSER, task_id)


async def all_is_projected(broker: Broker) -> bool:
    """Whether nothing waits for the projector, and nothing is with it."""
    return all([await is_projected(broker, stream) for stream in ("PIPELINE", "EVENTS")])


async def is_projected(broker: Broker, stream: str) -> bool:
    """Whether the projector has seen everything in a stream."""
    info = await broker.js.consumer_info(stream, "projector")
    return not info.num_pending and not info.num_ack_pending
