"""Telling the workers that a task is not to go on."""

from uuid import UUID

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import CANCELLED
from scribe.common.tasks.subject import cancel_subject


async def interrupt(broker: Broker, task_id: UUID, run: int) -> None:
    """End the work on a task's runs up to `run`, and keep them from beginning: first in the bucket, then at once.

    Raises:
        nats.errors.Error, APIError: NATS is away.
    """
    body = str(run).encode()
    await (await broker.js.key_value(CANCELLED)).put(str(task_id), body)
    await broker.client.publish(cancel_subject(task_id), body)
