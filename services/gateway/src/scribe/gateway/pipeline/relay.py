"""The relay: it publishes the messages of pending rows. One runs in every gateway; `SKIP LOCKED` keeps them apart.

The row stays locked while its message is published, and is marked after the PubAck. After a crash in between, the same
subject and id are published again, and the stream recognises the duplicate. Pending rows are new items, failed items
that their users retry, and items that the projector or the reconciler sent back to a step (`resume_step`).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from nats.js.errors import NotFoundError

from scribe.common.errors import PermanentError, UnavailableError, UnreadableMessageError, public_sentence
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.publisher import Publisher, StreamFullError
from scribe.common.messaging.streams import DEADLETTER, PIPELINE
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import TaskMetrics
from scribe.common.observability.metrics.gateway import REPLAYED
from scribe.common.observability.spans import continue_trace
from scribe.common.process.database import POSTGRES_UNAVAILABLE, load_queries
from scribe.common.tasks.data import PipelineData, decode
from scribe.common.tasks.progress import Progress, State, progress_of
from scribe.common.tasks.rank import rank_before
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import deadletter_subject, pipeline_subject
from scribe.gateway.database import Connection, Database
from scribe.gateway.pipeline.dead_letters import close_letters, last_letter
from scribe.gateway.pipeline.observation import observe_ends, observe_turn
from scribe.gateway.pipeline.purging import purge_runs
from scribe.gateway.problems import ServiceUnavailable
from scribe.gateway.settings import GatewaySettings

SQL = load_queries("scribe.gateway.pipeline")
MAX_AT_ONCE = 32
ADMISSION = 0.7
"""The part of PIPELINE's size above which nothing new is let in, so that tasks under way can finish and come back."""
PAUSE_WHILE_AWAY = 1.0
MIN_INTERVAL = 0.02
"""Seconds between two turns: what wakes the relay meanwhile shares the next one. An idle relay wakes at once."""
REISSUED = "reissued"
"""The `step_status` of a row that the reconciler has sent back."""
BROKEN_OFF = (*POSTGRES_UNAVAILABLE, asyncpg.TransactionRollbackError)


class Relay:
    """Publishes pending rows, whenever it is woken and at least every `relay_interval` seconds."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        settings: GatewaySettings,
        log: Logger,
        metrics: TaskMetrics,
        route: Route = ROUTE,
    ) -> None:
        self._database = database
        self._js = broker.js
        self._publisher = Publisher(broker)
        self._settings = settings
        self._log = log
        self._metrics = metrics
        self._route = route
        self._wake = asyncio.Event()
        self._has_left_some = False

    def wake(self) -> None:
        """Start the next turn now: there may be something to publish."""
        self._wake.set()

    def use_places(self) -> None:
        """Tasks have ended: start the next turn now, where the last one has left something pending.

        A turn for which there is nothing costs two milliseconds, and what is submitted meanwhile waits for the next.
        """
        if self._has_left_some:
            self._wake.set()

    async def run(self) -> None:
        """Publish in turns, until cancelled."""
        while True:
            self._wake.clear()
            started = time.monotonic()
            try:
                published = await self._turn()
            except (UnavailableError, ServiceUnavailable, *NATS_UNAVAILABLE, *BROKEN_OFF) as error:
                self._log.warning("relay_waits", error_class=type(error).__name__)
                self._metrics.loop_errors.labels("relay").inc()
                await asyncio.sleep(PAUSE_WHILE_AWAY)
                continue
            self._metrics.loop_pass.labels("relay").set_to_current_time()
            if published < MAX_AT_ONCE:
                # Not `wait_for`: Python 3.11's may swallow the cancellation that ends this loop.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.relay_interval):
                        await self._wake.wait()
                await asyncio.sleep(max(0.0, started + MIN_INTERVAL - time.monotonic()))

    async def _turn(self) -> int:
        """Publish as much as the limits allow; gives the number of messages."""
        admits_new = await self._admits_new()
        async with self._database.as_service("UPDATE queue_items relayed") as connection:
            most = min(self._settings.in_flight - await connection.fetchval(SQL["in_flight"]), MAX_AT_ONCE)
            taken = (self._settings.in_flight_per_user, most, admits_new)
            rows = await connection.fetch(SQL["take"], *taken) if most > 0 else []
            letters = await self._letters_of([row["id"] for row in rows if _is_requested_again(row)])
            failures = await self._relay(connection, rows) if rows else {}
            self._has_left_some = await connection.fetchval(SQL["is_any_pending"])
        await self._purge_older_runs([row for row in rows if row["id"] not in failures])
        await self._close_letters({task_id: last for task_id, last in letters.items() if task_id not in failures})
        for failure in failures.values():  # after the commit, which marks what was published beside it
            raise failure
        return len(rows)

    async def _admits_new(self) -> bool:
        info = await self._js.stream_info(PIPELINE)
        admits = info.state.bytes < ADMISSION * (info.config.max_bytes or float("inf"))
        if not admits:
            self._log.warning("relay_stream_nearly_full")
        return bool(admits)

    async def _relay(self, connection: Connection, rows: Sequence[asyncpg.Record]) -> dict[UUID, BaseException]:
        """Publish the rows side by side, and mark those whose message is stored; gives by id why the others' are not.

        What is wrong with a row itself fails it, and nothing else.
        """
        outcomes = await asyncio.gather(*(self._publish(row) for row in rows), return_exceptions=True)
        published = {row["id"]: step for row, step in zip(rows, outcomes, strict=True) if isinstance(step, Step)}
        steps = [step.wire_name for step in published.values()]
        await connection.execute(SQL["published"], list(published), steps)
        failures: dict[UUID, BaseException] = {}
        for row, outcome in zip(rows, outcomes, strict=True):
            if row["id"] in published:
                observe_turn(self._metrics, row)
            elif isinstance(outcome, PermanentError | ValueError):
                await self._refuse(connection, row, outcome)
            elif isinstance(outcome, BaseException):
                failures[row["id"]] = outcome
        return failures

    async def _refuse(self, connection: Connection, row: asyncpg.Record, error: Exception) -> None:
        self._log.error("row_refused", task_id=str(row["id"]), error_class=type(error).__name__)
        refused = (row["id"], rank_before(row["run"] + 1), public_sentence(error))
        observe_ends(self._metrics, await connection.fetch(SQL["refuse"], *refused))

    async def _publish(self, row: asyncpg.Record) -> Step:
        """Publish one row's message; gives the step that it is for."""
        step = self._route.named(row["resume_step"]) if row["resume_step"] else self._route.first
        data = await self._reached(row["id"], step) if step != self._route.first else None
        if data is None:
            step, data = self._route.first, first_data(row)
        data = as_next_run(data, row)
        with continue_trace(row["traceparent"]):
            await self._transition(data, progress_of(data, State.QUEUED, step, datetime.now(UTC)))
        return step

    async def _transition(self, data: PipelineData, progress: Progress) -> None:
        """Publish, in the place of what the task's older runs left behind where there is no other."""
        try:
            await self._publisher.transition(data, progress)
        except StreamFullError:
            if data.run == 1:
                raise
            await purge_runs(self._js, data.task_id, data.run - 1, self._route)
            await self._publisher.transition(data, progress)

    async def _purge_older_runs(self, rows: Sequence[asyncpg.Record]) -> None:
        """What a newer run's message holds needs to be there only once."""
        older = [row for row in rows if row["run"] > 1]
        await asyncio.gather(*(purge_runs(self._js, row["id"], row["run"] - 1, self._route) for row in older))

    async def _letters_of(self, tasks: Sequence[UUID]) -> dict[UUID, int | None]:
        found = await asyncio.gather(*(last_letter(self._js, task_id) for task_id in tasks))
        return dict(zip(tasks, found, strict=True))

    async def _close_letters(self, letters: Mapping[UUID, int | None]) -> None:
        """What its user or an operator has tried again is no open letter any more."""
        closing = [close_letters(self._js, task_id, last) for task_id, last in letters.items() if last is not None]
        await asyncio.gather(*closing)
        self._metrics.dead_letters_closed.labels(REPLAYED).inc(len(closing))

    async def _reached(self, task_id: UUID, step: Step) -> PipelineData | None:
        """What the steps before `step` have found, where a stream still knows it: also a task that was given up."""
        places = ((PIPELINE, pipeline_subject(step, task_id)), (DEADLETTER, deadletter_subject(step, task_id)))
        for stream, subject in places:
            with suppress(NotFoundError, UnreadableMessageError):
                message = await self._js.get_last_msg(stream, str(subject))
                return decode(message.data or b"")
        return None


def _is_requested_again(row: asyncpg.Record) -> bool:
    """Whether the row's run is one that was asked for after an earlier one had failed."""
    return bool(row["run"] > 1 and row["run"] == row["requested_run"])


def as_next_run(data: PipelineData, row: asyncpg.Record) -> PipelineData:
    """The data as the row's run begins with it."""
    return data.model_copy(
        update={
            "run": row["run"],
            "requested_run": row["requested_run"],
            "failing_for": row["failing_for"],
            "is_reissued": row["step_status"] == REISSUED,
            "waited": _waited(row, data),
        }
    )


def _waited(row: asyncpg.Record, data: PipelineData) -> float:
    """Seconds out of the pipeline, by the database's clock; none where the user has tried the task again."""
    if row["waited"] is None:
        return 0.0
    return float(row["waited"]) if row["step_status"] == State.WAITING else data.waited


def first_data(row: asyncpg.Record) -> PipelineData:
    """The data of a task that no step has worked on."""
    return PipelineData(
        task_id=row["id"],
        user_id=row["user_id"],
        run=row["run"],
        submission=row["submission"],
        submitted_at=row["created_at"],
        email_template=row["email_template"],
        recipient_name=row["recipient_name"],
        recipient_interest=row["recipient_interest"],
        sender_name=row["display_name"],
    )
