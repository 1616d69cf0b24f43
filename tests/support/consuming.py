"""The consumer loop on a real server: what it delivers goes to a handler that a test gives."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.consumer import Consumer, PullOptions
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.ensuring import ensure_consumer
from scribe.common.messaging.streams import PIPELINE, step_consumer
from scribe.common.tasks.steps import Step

CONCURRENCY = 4


@asynccontextmanager
async def consuming(
    broker: Broker,
    handler: Callable[[Delivery], Awaitable[None]],
    *,
    step: Step = Step.PARSER,
    concurrency: int = CONCURRENCY,
    expires: float = 30.0,
    heartbeat: float = 0.5,
) -> AsyncIterator[Consumer]:
    """A step's consumer while the block runs; at its end it stops pulling and waits for what is in progress."""
    consumer = Consumer(
        broker,
        PullOptions(PIPELINE, step, concurrency, expires, heartbeat=heartbeat),
        handler,
        ensure=lambda: ensure_consumer(broker.js, PIPELINE, step_consumer(step, CONCURRENCY)),
        log=structlog.get_logger(),
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(consumer.run())
        yield consumer
        consumer.stop()
