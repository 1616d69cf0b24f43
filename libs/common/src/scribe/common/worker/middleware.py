"""What is wrapped around a step. A middleware takes a step function and returns one; `compose` applies them in order.

step = compose(parse, timed(Step.PARSER, metrics.steps), deadline(60.0))
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import nats.errors

from scribe.common.errors import TransientError
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.streams import ACK_WAIT
from scribe.common.observability.metrics import StepMetrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step

HEARTBEAT_INTERVAL = ACK_WAIT / 3

StepFunction = Callable[[PipelineData], Awaitable[PipelineData]]
Middleware = Callable[[StepFunction], StepFunction]


def compose(step: StepFunction, *middlewares: Middleware) -> StepFunction:
    """The step with the first middleware outermost."""
    for middleware in reversed(middlewares):
        step = middleware(step)
    return step


def deadline(seconds: float) -> Middleware:
    """End an attempt that takes longer than `seconds` with a TransientError."""

    def wrap(step: StepFunction) -> StepFunction:
        async def within_deadline(data: PipelineData) -> PipelineData:
            scope = asyncio.timeout(seconds)
            try:
                async with scope:
                    return await step(data)
            except TimeoutError as error:
                if not scope.expired():
                    raise
                raise TransientError(f"the step did not finish within {seconds:g} s") from error

        return within_deadline

    return wrap


def timed(step_name: Step, metrics: StepMetrics) -> Middleware:
    """Measure every attempt, and put the seconds of the one that finishes into `step_timings`."""

    def wrap(step: StepFunction) -> StepFunction:
        async def measured(data: PipelineData) -> PipelineData:
            started = time.monotonic()
            try:
                result = await step(data)
            finally:
                seconds = time.monotonic() - started
                metrics.duration.labels(step_name).observe(seconds)
            return result.model_copy(update={"step_timings": {**result.step_timings, step_name: seconds}})

        return measured

    return wrap


@contextmanager
def heartbeat(delivery: Delivery, interval: float = HEARTBEAT_INTERVAL) -> Iterator[None]:
    """Tell the server every `interval` seconds that the delivery is being worked on.

    The task that does so is made when the first time has come: many deliveries are over by then.
    """

    async def beat() -> None:
        while True:
            with suppress(nats.errors.Error, OSError):
                await delivery.in_progress()
            await asyncio.sleep(interval)

    beating: list[asyncio.Task[None]] = []
    timer = asyncio.get_running_loop().call_later(interval, lambda: beating.append(asyncio.create_task(beat())))
    try:
        yield
    finally:
        timer.cancel()
        for task in beating:
            task.cancel()
