"""A parser that does what a test tells it, on a real server, and what others see of its deliveries."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog
from nats.js.errors import NotFoundError

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.publisher import Publisher
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject
from scribe.common.worker.cancellation import open_cancellations
from scribe.common.worker.holding import Hold
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.redelivery import read_history
from scribe.common.worker.runner import Runner, with_middleware
from scribe.common.worker.settings import WorkerSettings
from tests.support.consuming import consuming
from tests.support.tasks import make_task
from tests.support.waiting import eventually

SETTINGS = WorkerSettings(concurrency=4, step_deadline=120.0, hold_limit=120.0, retry_limit=0.0)


@dataclass
class Step1:
    """A parser step that does what it is told: `behaviour` gets the data and how often it was called before."""

    behaviour: Callable[[PipelineData, int], Awaitable[PipelineData]]
    calls: list[PipelineData] = field(default_factory=list)

    async def __call__(self, data: PipelineData) -> PipelineData:
        self.calls.append(data)
        return await self.behaviour(data, len(self.calls) - 1)


def no_jitter(low: float, _high: float) -> float:
    """The shortest delay there is."""
    return low


@asynccontextmanager
async def working(
    broker: Broker,
    function: StepFunction,
    settings: WorkerSettings = SETTINGS,
    *,
    step: Step = Step.PARSER,
    route: Route = ROUTE,
) -> AsyncIterator[None]:
    """A worker of a step that does `function`; at the end of the block it is asked to end, and finishes what it has."""
    log, metrics = structlog.get_logger(), Metrics()
    async with AsyncExitStack() as stack:
        cancellations = await stack.enter_async_context(open_cancellations(broker))
        runner = Runner(
            step=step,
            work=with_middleware(step, function, settings, metrics),
            hold=Hold(step, settings.hold_limit, log),
            retry_limit=settings.retry_limit,
            read_history=partial(read_history, broker.js),
            cancellations=cancellations,
            publisher=Publisher(broker),
            metrics=metrics.steps,
            log=log,
            route=route,
            jitter=no_jitter,
        )
        await stack.enter_async_context(
            consuming(broker, runner.handle, step=step, concurrency=settings.concurrency, heartbeat=5.0)
        )
        yield
        runner.stopping.set()


async def submit(broker: Broker, **fields: object) -> PipelineData:
    """A new task, waiting for the parser."""
    data = make_task(**fields)
    await Publisher(broker).transition(data, progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC)))
    return data


async def headers_at(broker: Broker, stream: str, subject: Subject | str) -> dict[str, str]:
    """The headers of the last message on `subject`, once there is one."""
    found: list[dict[str, str]] = []

    async def look() -> bool:
        try:
            message = await broker.js.get_last_msg(stream, str(subject))
        except NotFoundError:
            return False
        found.append(message.headers or {})
        return True

    await eventually(look)
    return found[-1]


def event(data: PipelineData, state: State) -> str:
    """The subject of an event of a task."""
    return f"events.{data.user_id}.{data.task_id}.{state}"


async def settled(broker: Broker) -> None:
    """Wait until the consumer has nothing left: neither waiting nor unacknowledged."""

    async def idle() -> bool:
        info = await broker.js.consumer_info("PIPELINE", "parser")
        return bool(info.num_pending == 0 and info.num_ack_pending == 0)

    await eventually(idle)


async def returns(data: PipelineData, _before: int) -> PipelineData:
    """The behaviour of a step that has nothing to do."""
    return data
