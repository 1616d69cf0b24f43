"""What PostgreSQL (times, costs) and the streams (every attempt, every fault) know of one task.

EVENTS keeps attempts for a week; of older tasks there is only what the row says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from scribe.common.tasks.progress import Progress, read_progress
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.subject import Subject, deadletter_subject, event_subject, pipeline_subject
from scribe.local.errors import LocalError

MESSAGE_TIMEOUT = 5.0


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
