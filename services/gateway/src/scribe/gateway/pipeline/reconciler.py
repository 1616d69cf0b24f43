"""The reconciler: what has made no progress is issued again, and streams that were lost are made again.

For a row that has been silent for `stale_after` seconds:

| its last message                          | then                                                     |
|-------------------------------------------|----------------------------------------------------------|
| the e-mail is written                     | the row is completed from the table                      |
| told of an e-mail that PostgreSQL lost    | back to the composer as the next run                     |
| waits in its consumer's backlog           | nothing: it is its consumer that is slow                 |
| is being worked on                        | nothing, until this gateway has seen it worked on for    |
|                                           | three times that long                                    |
| was consumed without an outcome, is lost  | back to the relay as the next run, from that step if the |
|                                           | stream still has its data, else from the parser; after   |
|                                           | twenty times the item fails                              |
"""

import asyncio
import time
from collections.abc import Callable
from enum import Enum, auto
from uuid import UUID

import asyncpg
from nats.js.errors import NotFoundError

from scribe.common.errors import ConfigurationError, UnreadableMessageError, WorkError
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.provision import provision
from scribe.common.messaging.streams import PIPELINE, PROJECTOR
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import TaskMetrics
from scribe.common.process.concurrency import map_concurrently
from scribe.common.process.database import POSTGRES_UNAVAILABLE, load_queries
from scribe.common.tasks.rank import COMPLETED_RANK, Phase, rank_before, state_rank
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import ANY, Subject, pipeline_subject
from scribe.gateway.database import Database
from scribe.gateway.pipeline.announcements import announce
from scribe.gateway.pipeline.observation import observe_ends
from scribe.gateway.pipeline.purging import purge_runs
from scribe.gateway.pipeline.states import MAX_REQUEUES
from scribe.gateway.problems import ServiceUnavailable
from scribe.gateway.settings import GatewaySettings

SQL = load_queries("scribe.gateway.pipeline")
FORGET = load_queries("scribe.gateway.limits")["forget"]


MAX_WORK = 3
"""Times `stale_after` for which a message may be worked on without progress."""
RECONCILED_AT_ONCE = 4
"""Tasks; each asks PostgreSQL and NATS in turn, which may be far away."""


class DeliveryState(Enum):
    """What has become of a task's last message."""

    WAITING = auto()
    WORKED_ON = auto()
    GONE = auto()


class Reconciler:
    """Runs every `reconcile_interval` seconds. `reissued` wakes the relay."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        settings: GatewaySettings,
        log: Logger,
        metrics: TaskMetrics,
        *,
        reissued: Callable[[], None],
        route: Route = ROUTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._broker = broker
        self._settings = settings
        self._log = log
        self._metrics = metrics
        self._reissued = reissued
        self._route = route
        self._clock = clock
        self._worked_on: dict[UUID, tuple[int, float]] = {}
        """Of each silent task that was last seen being worked on: its rank then, and since when, by `clock`."""

    async def run(self) -> None:
        """Reconcile at each interval, until cancelled.

        Raises:
            ConfigurationError: a stream has been replaced by one with another configuration.
        """
        while True:
            await asyncio.sleep(self._settings.reconcile_interval)
            try:
                await self.round()
            except ConfigurationError:
                raise
            except (
                ServiceUnavailable,
                *NATS_UNAVAILABLE,
                asyncpg.TransactionRollbackError,
                *POSTGRES_UNAVAILABLE,
            ) as error:
                self._log.warning("reconciler_waits", error_class=type(error).__name__)
                self._metrics.loop_errors.labels("reconciler").inc()

    async def round(self) -> None:
        """Reconcile every silent row once, and make the streams again where they are gone."""
        await provision(self._broker, self._settings, self._route)
        async with self._database.as_service() as connection:
            await connection.execute(FORGET)
            if self._settings.history_days:
                await connection.execute(SQL["forget_history"], self._settings.history_days)
            rows = await connection.fetch(SQL["stale"], self._settings.stale_after)
        silent = {row["id"] for row in rows}
        self._worked_on = {task_id: seen for task_id, seen in self._worked_on.items() if task_id in silent}
        await map_concurrently(self._reconcile, rows, limit=RECONCILED_AT_ONCE)
        self._metrics.loop_pass.labels("reconciler").set_to_current_time()

    async def _reconcile(self, row: asyncpg.Record) -> None:
        if await self._complete_from_email(row["id"]):
            return
        step, state = await self._last_message(row)
        if state is DeliveryState.WAITING or (state is DeliveryState.WORKED_ON and not self._has_worked_too_long(row)):
            return
        if row["requeue_count"] >= MAX_REQUEUES:
            await self._give_up(row, step)
            return
        rank = rank_before(row["run"] + 1)
        async with self._database.as_service() as connection:
            changed = await connection.fetchval(SQL["reissue"], row["id"], row["state_rank"], step, rank)
        if changed is None:
            return
        self._metrics.reissued.labels("next_run").inc()
        self._log.warning("reissued", task_id=str(row["id"]), run=row["run"] + 1, step=step)
        self._reissued()

    def _has_worked_too_long(self, row: asyncpg.Record) -> bool:
        """By what this gateway saw: the silence of a row also counts the time for which its message had to wait."""
        now = self._clock()
        rank, since = self._worked_on.get(row["id"], (None, now))
        if rank != row["state_rank"]:
            self._worked_on[row["id"]] = (row["state_rank"], now)
            return False
        return now - since >= MAX_WORK * self._settings.stale_after

    async def _give_up(self, row: asyncpg.Record, step: Step) -> None:
        rank = state_rank(row["run"], step, 0, Phase.FAILED)
        async with self._database.as_service() as connection:
            changed = await connection.fetch(
                SQL["give_up"], row["id"], row["state_rank"], rank, WorkError.default_public
            )
        if not changed:
            return
        self._metrics.reissued.labels("given_up").inc()
        self._log.error("given_up", task_id=str(row["id"]), run=row["run"], step=step)
        await self._tidy_up(changed)

    async def _complete_from_email(self, task_id: UUID) -> bool:
        async with self._database.as_service() as connection:
            changed = await connection.fetch(SQL["written_without_projection"], task_id, COMPLETED_RANK)
        if changed:
            self._metrics.reissued.labels("completed").inc()
        await self._tidy_up(changed)
        return bool(changed)

    async def _tidy_up(self, over: list[asyncpg.Record]) -> None:
        observe_ends(self._metrics, over)
        for row in over:
            await purge_runs(self._broker.js, row["id"], row["run"], self._route)
        await announce(self._broker, over)

    async def _last_message(self, row: asyncpg.Record) -> tuple[Step, DeliveryState]:
        """The step that the task has reached, by the stream: where the projector is behind, so is the row."""
        try:
            message = await self._broker.js.get_last_msg(PIPELINE, str(pipeline_subject(ANY, row["id"], row["run"])))
            step = self._route.named(Subject.parse(str(message.subject)).step)
            # The end was published, but PostgreSQL has no e-mail: it is written again.
            last = self._route.last if step == Step.DONE else step
            return last, await self._delivery_state(step, message.seq or 0)
        except (NotFoundError, UnreadableMessageError, ValueError):  # the last two: put there by hand
            return self._route.at(row["current_step"]) or self._route.first, DeliveryState.GONE

    async def _delivery_state(self, step: Step, sequence: int) -> DeliveryState:
        durable = PROJECTOR if step == Step.DONE else step
        consumer = await self._broker.js.consumer_info(PIPELINE, durable)
        if consumer.delivered is None or sequence > consumer.delivered.stream_seq:
            return DeliveryState.WAITING
        if consumer.ack_floor is not None and sequence > consumer.ack_floor.stream_seq and consumer.num_ack_pending:
            return DeliveryState.WORKED_ON
        return DeliveryState.GONE
