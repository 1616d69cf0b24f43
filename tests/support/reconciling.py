"""A task whose messages go astray, and a reconciler that looks when the test says so."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import PIPELINE
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.gateway.pipeline.reconciler import Reconciler
from scribe.gateway.settings import GatewaySettings
from tests.support.deadlines import stretched
from tests.support.gateway import Gateway, User
from tests.support.pipeline import Workers, connected
from tests.support.projecting import is_projected
from tests.support.waiting import eventually

STALE_AFTER = 60


@dataclass(frozen=True)
class Reconciling:
    """One user, the workers that the test plays, and the reconciler. A task is stale after STALE_AFTER seconds."""

    user: User
    workers: Workers
    reconciler: Reconciler
    database_url: str

    @property
    def broker(self) -> Broker:
        """The workers' connection."""
        return self.workers.broker

    async def started(self) -> tuple[str, PipelineData]:
        """A task whose first message is published and projected: nothing more happens to it by itself."""
        return await started(self.user, self.workers)

    async def is_projected(self) -> bool:
        """Whether the projector has seen everything in PIPELINE."""
        return await is_projected(self.broker, PIPELINE)

    async def lose(self, step: Step) -> None:
        """Take the next message of a step and settle it without an outcome."""
        await take(self.broker, step)

    async def begin(self, step: Step) -> None:
        """Take the next message of a step and leave it unsettled, as a worker does that works on it."""
        subscription = await self.broker.js.pull_subscribe_bind(step, stream=PIPELINE)
        await subscription.fetch(1, timeout=stretched(20))
        await subscription.unsubscribe()

    async def look(self, *, after: float = STALE_AFTER + 1) -> None:
        """Let `after` seconds pass without progress, then have the reconciler look."""
        await be_silent(self.database_url, after)
        await self.reconciler.round()


def reconciler_of(
    gateway: Gateway, settings: GatewaySettings, clock: Callable[[], float] = time.monotonic
) -> Reconciler:
    """The reconciler of a gateway, which does not look by itself."""
    context = gateway.context
    return Reconciler(
        context.database,
        context.broker,
        settings,
        structlog.get_logger(),
        Metrics().tasks,
        reissued=context.wake_relay,
        clock=clock,
    )


async def started(user: User, workers: Workers) -> tuple[str, PipelineData]:
    """A task whose first message is published and projected: nothing more happens to it by itself."""
    task_id = await user.generate()
    await eventually(partial(user.is_in, task_id, "STARTED"))
    await eventually(partial(is_projected, workers.broker, PIPELINE))
    return task_id, await workers.waiting(Step.PARSER, task_id)


async def be_silent(database_url: str, seconds: float) -> None:
    """Let time pass without progress, by the database's clock."""
    async with connected(database_url) as connection:
        await connection.execute(
            "UPDATE queue_items SET progressed_at = progressed_at - make_interval(secs => $1)", seconds
        )


async def take(broker: Broker, step: Step) -> None:
    """Take the next message of a step and settle it without an outcome."""
    subscription = await broker.js.pull_subscribe_bind(step, stream=PIPELINE)
    (message,) = await subscription.fetch(1, timeout=stretched(20))
    await message.ack_sync()
    await subscription.unsubscribe()
