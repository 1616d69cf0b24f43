"""The projector: it writes the states that messages carry into the rows of `queue_items`.

Two pulls (PIPELINE and EVENTS, headers only) feed one batcher. A batch is one transaction; after its commit the
messages of finished tasks are purged from PIPELINE, changes are announced, and the deliveries are acknowledged.
Whatever is lost after the commit is delivered again and changes nothing, because a state is written only where its rank
is higher than the row's.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import asyncpg

from scribe.common.errors import UnreadableMessageError
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.consumer import Consumer, PullOptions
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.ensuring import ensure_consumer
from scribe.common.messaging.streams import projector_consumer
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import Metrics
from scribe.common.observability.spans import process_span
from scribe.common.process.database import POSTGRES_UNAVAILABLE, load_queries
from scribe.common.tasks.progress import Progress, read_progress
from scribe.common.tasks.route import ROUTE, Route
from scribe.gateway.database import Database
from scribe.gateway.pipeline.announcements import announce
from scribe.gateway.pipeline.ended_tasks import EndedTask, EndedTasks
from scribe.gateway.pipeline.interrupting import interrupt
from scribe.gateway.pipeline.observation import ends_task, observe_ends, observe_projection
from scribe.gateway.pipeline.purging import purge_all_but
from scribe.gateway.pipeline.states import columns, highest, tasks_with_messages
from scribe.gateway.problems import ServiceUnavailable

SQL = load_queries("scribe.gateway.pipeline")
CONCURRENCY = 256
PAUSE_WHILE_AWAY = 1.0
MAX_LINGER = 0.05
"""Seconds that a state may wait for others to share a transaction with. The end of a task does not wait."""
INTERVAL_PER_STATE = 0.001
"""Seconds between two batches for each state of the first, up to MAX_LINGER: the more there is to write, the more of it
shares a transaction.
"""
STREAMS = ("PIPELINE", "EVENTS")
ENDED = ("completed", "failed")


@dataclass(frozen=True)
class Entry:
    """A delivery, its progress, and the future that its handler waits on."""

    delivery: Delivery
    progress: Progress
    done: "asyncio.Future[None]"


class Projector:
    """Runs until `stop`. `ended` is called when tasks have ended, so that the relay can use their places."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        log: Logger,
        metrics: Metrics,
        *,
        ended: Callable[[], None],
        answers_kept: float,
        route: Route = ROUTE,
    ) -> None:
        self._database = database
        self._broker = broker
        self._log = log
        self._metrics = metrics.tasks
        self._heartbeat = metrics.steps.pull_heartbeat.labels("projector")
        self._projecting = False
        self._ended = ended
        self._route = route
        self._ended_tasks = EndedTasks(broker, log, answers_kept, route)
        self._entries: asyncio.Queue[Entry] = asyncio.Queue(maxsize=CONCURRENCY * len(STREAMS))
        self._consumers = [self._consumer(stream) for stream in STREAMS]

    def stop(self) -> None:
        """Stop pulling; `run` returns when what was pulled is projected."""
        for consumer in self._consumers:
            consumer.stop()

    async def run(self) -> None:
        """Project until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            others = [tasks.create_task(loop) for loop in (self._batch(), self._ended_tasks.run())]
            async with asyncio.TaskGroup() as pulling:
                for consumer in self._consumers:
                    pulling.create_task(consumer.run())
            for other in others:
                other.cancel()

    def _consumer(self, stream: str) -> Consumer:
        return Consumer(
            self._broker,
            PullOptions(stream=stream, durable="projector", concurrency=CONCURRENCY),
            self._handle,
            ensure=lambda: ensure_consumer(self._broker.js, stream, projector_consumer()),
            log=self._log,
            alive=self._alive,
        )

    def _alive(self) -> None:
        self._heartbeat.set_to_current_time()
        if not self._projecting:
            self._metrics.loop_pass.labels("projector").set_to_current_time()

    async def _handle(self, delivery: Delivery) -> None:
        try:
            # By one clock, the server's, and not by each worker's.
            progress = read_progress(delivery.subject, delivery.headers, self._route, at=delivery.stored_at)
        except UnreadableMessageError as error:
            self._log.error("unreadable_progress", subject=delivery.subject.root, reason=str(error))
            self._metrics.projected.labels("unreadable").inc()
            await delivery.term()
            return
        if ends_task(delivery.subject):
            place = (delivery.subject.destination, delivery.subject.task_id)
            with process_span(*place, delivery.headers, consumer="projector", attempt=delivery.attempt):
                await self._through_batch(delivery, progress)
        else:
            await self._through_batch(delivery, progress)

    async def _through_batch(self, delivery: Delivery, progress: Progress) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._entries.put(Entry(delivery, progress, done))
        await done
        await delivery.ack_unconfirmed()

    async def _batch(self) -> None:
        earliest = float("-inf")
        while True:
            entries = await self._gather(earliest)
            earliest = time.monotonic() + min(MAX_LINGER, INTERVAL_PER_STATE * len(entries))
            self._projecting = True
            await self._project_patiently([entry.progress for entry in entries])
            self._projecting = False
            self._metrics.loop_pass.labels("projector").set_to_current_time()
            for entry in entries:
                if not entry.done.cancelled():
                    entry.done.set_result(None)

    async def _gather(self, earliest: float) -> list[Entry]:
        """What shares a transaction, which begins at `earliest` by time.monotonic(), and as soon as a task ends."""
        entries = [await self._entries.get()]
        latest = asyncio.get_running_loop().time() + MAX_LINGER
        # Not `wait_for`: Python 3.11's may swallow a cancellation.
        with suppress(TimeoutError):
            async with asyncio.timeout_at(latest):
                while len(entries) < CONCURRENCY and not ends_task(entries[-1].delivery.subject):
                    entries.append(await self._entries.get())
        await asyncio.sleep(max(0.0, earliest - time.monotonic()))
        while not self._entries.empty() and len(entries) < CONCURRENCY:
            entries.append(self._entries.get_nowait())
        return entries

    async def _project_patiently(self, progress: Sequence[Progress]) -> None:
        """Hold the batch while Postgres is away; the deliveries wait with it."""
        states = highest(progress)
        while True:
            try:
                changed, over = await self._project(states)
                break
            except (ServiceUnavailable, *POSTGRES_UNAVAILABLE, asyncpg.TransactionRollbackError) as error:
                self._log.warning("projector_waits", error_class=type(error).__name__)
                self._metrics.loop_errors.labels("projector").inc()
                await asyncio.sleep(PAUSE_WHILE_AWAY)
        observe_projection(self._metrics, progress, len(changed))
        observe_ends(self._metrics, changed)
        left = tasks_with_messages(progress)
        await self._tidy(states, changed, [row for row in over if row["id"] in left or row["run"] is None])
        if over:
            self._ended()

    async def _tidy(
        self, states: Sequence[Progress], changed: Sequence[asyncpg.Record], over: Sequence[asyncpg.Record]
    ) -> None:
        """What follows from a batch outside the database; what NATS does not answer for is left to a later batch."""
        moved, deleted = {row["id"] for row in changed}, {row["id"] for row in over if row["run"] is None}
        postponed = [state for state in states if state.delay is not None and state.task_id in moved]
        begun = {s.task_id: s.run for s in states if s.task_id in deleted and not (s.state.is_end or s.delay)}
        over = [row for row in over if row["id"] not in begun]  # purged when its worker has heard and says so
        for tidy in (
            partial(self._interrupt, begun),
            partial(self._purge, over, postponed),
            partial(announce, self._broker, changed),
        ):
            try:
                await tidy()
            except NATS_UNAVAILABLE as error:
                self._log.warning("projector_tidies_later", error_class=type(error).__name__)

    async def _project(self, states: Sequence[Progress]) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
        """One transaction; where it fails for what a message holds, one for each, without those that fail alone."""
        try:
            return await self._write(states)
        except asyncpg.TransactionRollbackError:
            raise
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            if len(states) == 1:
                self._log.error("unwritable_progress", task_id=str(states[0].task_id), error_class=type(error).__name__)
                self._metrics.projected.labels("unreadable").inc()
                return [], []
        parts = [await self._project([state]) for state in states]
        return [row for changed, _ in parts for row in changed], [row for _, over in parts for row in over]

    async def _write(self, states: Sequence[Progress]) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
        ids = sorted(state.task_id for state in states)
        async with self._database.as_service("UPDATE queue_items projected") as connection:
            await connection.execute(SQL["lock"], ids)
            changed = await connection.fetch(SQL["project"], *columns(states, self._route))
            over = [row for row in changed if row["status"] in ENDED]
            # What was not changed may have ended before, or be deleted: its messages are purged all the same.
            unchanged = sorted(set(ids) - {row["id"] for row in changed})
            over += await connection.fetch(SQL["over"], unchanged) if unchanged else []
        return changed, over

    async def _purge(self, over: Iterable[asyncpg.Record], postponed: Iterable[Progress]) -> None:
        """Tasks that have ended leave nothing in the stream; those that come back later leave their last message.

        Ended tasks that NATS does not answer for are purged with the next batch.
        """
        results = await asyncio.gather(
            self._ended_tasks.purge(EndedTask(row["id"], row["run"], row["requested_run"]) for row in over),
            *(purge_all_but(self._broker.js, state.task_id, state.step, state.run) for state in postponed),
            return_exceptions=True,
        )
        for result in results:
            if result is not None:
                raise result

    async def _interrupt(self, begun: Mapping[UUID, int]) -> None:
        """End the work on deleted tasks, up to the run that is given."""
        await asyncio.gather(*(interrupt(self._broker, task_id, run) for task_id, run in begun.items()))
