"""The timeline of one task, from PostgreSQL (times, costs) and the streams (every attempt, every fault).

EVENTS keeps attempts for a week; of older tasks the timeline has only what the row says.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import asyncpg
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy
from pydantic import BaseModel, ConfigDict, Field

from scribe.common.errors import UnreadableMessageError
from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.messaging.publisher import ERROR_CLASS, REASON
from scribe.common.messaging.streams import DEADLETTER, EVENTS, PIPELINE
from scribe.common.process.database import load_queries
from scribe.common.tasks.data import decode
from scribe.common.tasks.progress import Progress, State, read_progress
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.subject import Subject, deadletter_subject, event_subject, pipeline_subject
from scribe.local.errors import LocalError

MESSAGE_TIMEOUT = 5.0
NOTABLE_WAIT = timedelta(seconds=1)


class Spent(BaseModel):
    """What a step paid for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str = ""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class TaskRow(BaseModel):
    """The task's row, with the cost in its e-mail's metadata."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    user_id: UUID
    status: str
    run: int
    attempt: int
    step_timings: Mapping[str, float]
    skipped_steps: tuple[str, ...]
    error_message: str | None
    traceparent: str | None
    created_at: datetime
    first_published_at: datetime | None
    completed_at: datetime | None
    email_id: UUID | None
    usage: Mapping[str, Spent] = Field(default_factory=dict)
    models: Mapping[str, str] = Field(default_factory=dict)

    @property
    def trace_id(self) -> str | None:
        """Of the trace that the task belongs to."""
        return self.traceparent.split("-")[1] if self.traceparent else None


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened. `detail` says more, `is_bad` marks what went wrong."""

    at: datetime
    what: str
    step: str = ""
    detail: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class GivenUp:
    """Why a step gave a task up, and what the task had cost by then."""

    at: datetime
    step: str
    error_class: str
    reason: str
    usage: Mapping[str, Spent]


async def read_row(connection: asyncpg.Connection, task_id: UUID) -> TaskRow:
    """The task's row, with what its e-mail cost.

    Raises:
        LocalError: there is no such task.
    """
    row = await connection.fetchrow(load_queries("scribe.local.queries")["trace"], task_id)
    if row is None:
        raise LocalError(f"There is no task {task_id}.")
    fields = dict(row)
    for name in ("step_timings", "usage", "models"):
        fields[name] = json.loads(fields[name] or "{}")
    return TaskRow.model_validate(fields)


async def read_states(js: JetStreamContext, row: TaskRow) -> list[Progress]:
    """The states of a task that the streams still hold, in order."""
    places = {
        EVENTS: event_subject(row.user_id, row.id),
        PIPELINE: pipeline_subject(task_id=row.id),
    }
    states = []
    for stream, subject in places.items():
        for message in await read_messages(js, stream, str(subject)):
            try:
                states.append(read_progress(Subject.parse(message.subject), message.headers or {}))
            except UnreadableMessageError:
                continue
    return sorted(states, key=lambda state: (state.at, state.rank))


async def read_dead_letters(js: JetStreamContext, task_id: UUID) -> list[GivenUp]:
    """The dead letters of a task."""
    messages = await read_messages(js, DEADLETTER, str(deadletter_subject(task_id=task_id)), headers_only=False)
    return [_dead_letter(message) for message in messages]


async def read_messages(js: JetStreamContext, stream: str, subject: str, *, headers_only: bool = True) -> list[Msg]:
    """The messages that a stream holds on a subject.

    Raises:
        LocalError: NATS does not answer.
    """
    config = ConsumerConfig(headers_only=headers_only, deliver_policy=DeliverPolicy.ALL)
    try:
        subscription = await js.subscribe(subject, stream=stream, ordered_consumer=True, config=config)
        info = await subscription.consumer_info()
        count = (info.num_pending or 0) + (info.delivered.consumer_seq if info.delivered else 0)
        messages = [await subscription.next_msg(MESSAGE_TIMEOUT) for _ in range(count)]
        await subscription.unsubscribe()
    except NATS_UNAVAILABLE as error:
        raise LocalError(f"NATS does not tell of {stream} ({type(error).__name__}).") from None
    return messages


def _dead_letter(message: Msg) -> GivenUp:
    headers = message.headers or {}
    try:
        paid = decode(message.data).usage
    except UnreadableMessageError:
        paid = {}
    usage = {ROUTE.wire_name(step): Spent.model_validate(spent.model_dump()) for step, spent in paid.items()}
    step = Subject.parse(message.subject).step
    return GivenUp(message.metadata.timestamp, step, headers.get(ERROR_CLASS, ""), headers.get(REASON, ""), usage)


def timeline(row: TaskRow, states: Sequence[Progress], dead_letters: Sequence[GivenUp]) -> list[TimelineEvent]:
    """Everything that happened, in order."""
    events = [TimelineEvent(row.created_at, "submitted")]
    if row.first_published_at:
        waited = _seconds(row.first_published_at - row.created_at)
        events.append(TimelineEvent(row.first_published_at, "its turn", detail=f"after {waited}"))
    events += [event for state in states if (event := _told(state))]
    usage = {**(dead_letters[-1].usage if dead_letters else {}), **row.usage}
    events += _finished(row, states, usage)
    events += [
        TimelineEvent(d.at, "dead letter", d.step, f"{d.error_class}: {d.reason}", is_bad=True) for d in dead_letters
    ]
    if row.completed_at:
        detail = f"e-mail {row.email_id}" if row.email_id else row.error_message or ""
        events.append(TimelineEvent(row.completed_at, row.status, detail=detail, is_bad=row.status == "failed"))
    return list(_with_waits(sorted(events, key=lambda event: event.at)))


def _with_waits(events: Sequence[TimelineEvent]) -> Iterator[TimelineEvent]:
    """Add the time between the end of a step and the next start; whether the step was held or the next one waited in
    the queue is not recorded.
    """
    yield from events[:1]
    for before, event in pairwise(events):
        waited = event.at - before.at
        is_next = (before.what, event.what) == ("finished", "started")
        told = f", {_seconds(waited)} later: {before.step} was held, or this waited in the queue"
        yield replace(event, detail=event.detail + told) if is_next and waited > NOTABLE_WAIT else event


def _told(state: Progress) -> TimelineEvent | None:
    attempt = f"attempt {state.attempt}" + (f", run {state.run}" if state.run > 1 else "")
    match state.state:
        case State.STARTED:
            return TimelineEvent(state.at, "started", state.step, attempt)
        case State.RETRYING:
            later = f", comes back in {state.delay:.0f} s" if state.delay is not None else ""
            return TimelineEvent(
                state.at, "retrying", state.step, f"{attempt}: {state.error or ''}{later}", is_bad=True
            )
        case State.WAITING:
            return TimelineEvent(
                state.at, "waits", state.step, f"{attempt}: number {state.position or 1} of those that wait"
            )
        case State.FAILED:
            return TimelineEvent(state.at, "gave up", state.step, f"{attempt}: {state.error or ''}", is_bad=True)
        case State.CANCELLED:
            return TimelineEvent(state.at, "cancelled", state.step)
        case State.QUEUED | State.DONE:
            return None


def _finished(row: TaskRow, states: Sequence[Progress], usage: Mapping[str, Spent]) -> list[TimelineEvent]:
    """The ends of the steps: their last starts plus the seconds that they took."""
    starts = {state.step: state.at for state in states if state.state is State.STARTED}
    events = []
    for wire, seconds in row.step_timings.items():
        step = ROUTE.at(wire)
        if step is None or step not in starts or wire in row.skipped_steps:
            continue
        ended = starts[step] + timedelta(seconds=seconds)
        events.append(
            TimelineEvent(ended, "finished", step, f"{seconds:.2f} s{_cost(usage.get(wire), row.models.get(wire, ''))}")
        )
    return events


def _cost(spent: Spent | None, model: str) -> str:
    if spent is None or not spent.calls:
        return ""
    cost = "cost unknown" if spent.cost_usd is None else f"${spent.cost_usd:.4f}"
    tokens = f", {spent.input_tokens} tokens in, {spent.output_tokens} out" if spent.input_tokens else ""
    return f", {cost} ({spent.model or model}, calls {spent.calls}{tokens})"


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.2f} s"
