"""`/api/admin/deadletters` and `/api/admin/pipeline`: what the streams hold."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from scribe.common.errors import UnreadableMessageError
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.publisher import ATTEMPTS, ERROR_CLASS, REASON
from scribe.common.messaging.streams import DEADLETTER, PIPELINE
from scribe.common.observability.metrics.gateway import GIVEN_UP
from scribe.common.process.database import load_queries
from scribe.common.tasks.route import Route
from scribe.common.tasks.subject import Subject
from scribe.gateway.admin.models import DeadLetter, StepState
from scribe.gateway.context import Admin, InContext
from scribe.gateway.database import Database
from scribe.gateway.problems import BadRequest, NotFound, ServiceUnavailable
from scribe.gateway.queue.changes import next_run
from scribe.gateway.queue.models import Message

SQL = load_queries("scribe.gateway.admin")
RETRY = load_queries("scribe.gateway.queue")["retry"]
router = APIRouter(prefix="/api/admin", tags=["admin"])


@router.get("/deadletters")
async def dead_letters(
    context: InContext, _admin: Admin, limit: int = Query(50, ge=1, le=100), before: int | None = Query(None, ge=1)
) -> list[DeadLetter]:
    """The open dead letters, the newest first; `before` goes on from an id. What is replayed or given up is gone."""
    return await letters(context.broker, context.route, limit, before)


@router.post("/deadletters/{id}/replay", status_code=202)
async def replay(
    context: InContext, admin: Admin, sequence: Annotated[int, Path(alias="id", ge=1, le=2**53)]
) -> Message:
    """Send a dead letter's task back to the step that gave it up, as the task's next run."""
    task_id = await send_back(context.database, context.broker, context.route, sequence)
    context.log.info("dead_letter_replayed", actor=str(admin.id), task_id=str(task_id), sequence=sequence)
    context.queue_changed()
    return Message(message="The task was sent back to the step that gave it up.")


@router.delete("/deadletters/{id}")
async def give_up(
    context: InContext, admin: Admin, sequence: Annotated[int, Path(alias="id", ge=1, le=2**53)]
) -> Message:
    """Close a dead letter without replaying it. Its task stays failed; a retry of its user begins at the first step."""
    await take_out(context.broker, sequence)
    context.metrics.tasks.dead_letters_closed.labels(GIVEN_UP).inc()
    context.log.info("dead_letter_given_up", actor=str(admin.id), sequence=sequence)
    return Message(message="The dead letter was given up.")


@router.get("/pipeline")
async def pipeline(context: InContext, _admin: Admin) -> list[StepState]:
    """Each step's depth, deliveries in flight, and the age of its oldest item."""
    async with context.database.as_service() as connection:
        rows = {row["step"]: row for row in await connection.fetch(SQL["steps"])}
    try:
        infos = await asyncio.gather(*(context.broker.js.consumer_info(PIPELINE, step) for step in context.route))
    except NATS_UNAVAILABLE:
        raise ServiceUnavailable from None
    return [
        StepState(
            step=step.wire_name,
            service=step,
            depth=info.num_pending or 0,
            in_flight=info.num_ack_pending or 0,
            redelivered=info.num_redelivered or 0,
            paused=rows[step.wire_name]["paused"] if step.wire_name in rows else 0,
            oldest_age=rows[step.wire_name]["oldest"] if step.wire_name in rows else None,
        )
        for step, info in zip(context.route, infos, strict=True)
    ]


async def letters(broker: Broker, route: Route, limit: int, before: int | None = None) -> list[DeadLetter]:
    """The newest `limit` dead letters, the newest first; those older than the id `before`.

    Raises:
        ServiceUnavailable: NATS does not answer.
    """
    try:
        state = (await broker.js.stream_info(DEADLETTER)).state
        newest = min(state.last_seq, (before or state.last_seq + 1) - 1)
        oldest = max(1, state.first_seq, newest - limit + 1)
        messages = await asyncio.gather(*(_message(broker, n) for n in range(newest, oldest - 1, -1)))
    except NATS_UNAVAILABLE:
        raise ServiceUnavailable from None
    return [_dead_letter(message, route) for message in messages if message is not None]


async def send_back(database: Database, broker: Broker, route: Route, sequence: int) -> UUID:
    """Let the task of a dead letter begin its next run at the step that gave it up; gives the task's id.

    Raises:
        NotFound: the letter or its task is not there. BadRequest: the task has not failed. ServiceUnavailable.
    """
    message = await _message_or_away(broker, sequence)
    if message is None:
        raise NotFound("There is no such dead letter.")
    task_id = _task_id(message)
    async with database.as_service() as connection:
        row = await connection.fetchrow(SQL["lock_item"], task_id)
        if row is None:
            raise NotFound("The task of this dead letter does not exist any more.")
        if row["status"] != "failed":
            raise BadRequest("The task of this dead letter has not failed; there is nothing to replay.")
        await connection.execute(RETRY, task_id, row["user_id"], *next_run(row, route))
    return task_id


async def take_out(broker: Broker, sequence: int) -> None:
    """Close a dead letter without replaying it.

    Raises:
        NotFound: it is not there. ServiceUnavailable: NATS does not answer.
    """
    if await _message_or_away(broker, sequence) is None:
        raise NotFound("There is no such dead letter.")
    try:
        await broker.js.delete_msg(DEADLETTER, sequence)
    except NotFoundError:
        raise NotFound("There is no such dead letter.") from None
    except NATS_UNAVAILABLE:
        raise ServiceUnavailable from None


async def _message(broker: Broker, sequence: int) -> RawStreamMsg | None:
    try:
        return await broker.js.get_msg(DEADLETTER, sequence)
    except NotFoundError:
        return None


async def _message_or_away(broker: Broker, sequence: int) -> RawStreamMsg | None:
    try:
        return await _message(broker, sequence)
    except NATS_UNAVAILABLE:
        raise ServiceUnavailable from None


def _task_id(message: RawStreamMsg) -> UUID:
    try:
        return UUID(Subject.parse(message.subject or "").task_id)
    except (ValueError, UnreadableMessageError):
        raise BadRequest("This dead letter belongs to no task; it cannot be replayed.") from None


def _dead_letter(message: RawStreamMsg, route: Route) -> DeadLetter:
    headers: Mapping[str, str] = message.headers or {}
    subject = Subject.parse(message.subject or "")
    step = subject.step
    created_at: datetime | None = message.time
    attempts = headers.get(ATTEMPTS, "")
    return DeadLetter(
        id=message.seq or 0,
        step=route.wire_name(step),
        service=step,
        task_id=subject.task_id,
        reason=headers.get(REASON, ""),
        error_class=headers.get(ERROR_CLASS, ""),
        attempts=int(attempts) if attempts.isdecimal() else 0,
        created_at=created_at,
    )
