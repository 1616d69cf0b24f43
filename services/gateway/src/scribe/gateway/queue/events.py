"""Server-Sent Events: a snapshot from Postgres, then each change as it is announced.

An event's id is `<submission>:<state_rank>`; a client that comes back with `Last-Event-ID` is told what has
changed since.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from scribe.common.process.database import load_queries
from scribe.gateway.auth.tokens import Caller
from scribe.gateway.context import Context, InContext, PathTask, SignedIn, UserId
from scribe.gateway.pipeline.notifications import Inbox
from scribe.gateway.pipeline.pauses import Pauses
from scribe.gateway.problems import NotFound, ServiceUnavailable
from scribe.gateway.queue.projection import Row, queue_item, task_status
from scribe.gateway.web.openapi import Responses, problems

SQL = load_queries("scribe.gateway.queue")
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
TERMINAL = ("completed", "failed")

DESCRIBED: Responses = {
    200: {
        "description": "Server-Sent Events, each as the schema says.",
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "required": ["id", "event", "data"],
                    "properties": {
                        "id": {"type": "string", "description": "For `Last-Event-ID`."},
                        "event": {"type": "string", "enum": ["item", "status"]},
                        "data": {"type": "string", "description": "JSON."},
                    },
                },
                "example": {"id": "4711:69", "event": "item", "data": '{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}'},
            }
        },
    },
    **problems(429),
}

router = APIRouter()
LastEventId = Header(
    None, alias="Last-Event-ID", max_length=64, description="Go on after this event; browsers send it by themselves."
)


@router.get("/api/queue/events", tags=["queue"], response_class=StreamingResponse, responses=DESCRIBED)
async def queue_events(
    context: InContext, caller: SignedIn, user_id: UserId, request: Request, last_event_id: str | None = LastEventId
) -> StreamingResponse:
    """The caller's items as they change: `item` events that hold a QueueItem. Ends with the access token."""
    return EventStream(context, request, caller, partial(_items, context, user_id, last_event_id))


@router.get("/api/email/status/{task_id}/events", tags=["email"], response_class=StreamingResponse, responses=DESCRIBED)
async def task_events(
    context: InContext,
    caller: SignedIn,
    user_id: UserId,
    request: Request,
    task_id: PathTask,
    last_event_id: str | None = LastEventId,
) -> StreamingResponse:
    """One task as it changes: `status` events that hold a TaskStatus, until it, or the access token, has ended."""
    if await context.database.read_as_user(user_id, SQL["task"], task_id, user_id) is None:
        raise NotFound("There is no such task.")
    return EventStream(context, request, caller, partial(_task, context, user_id, task_id, last_event_id))


class EventStream(StreamingResponse):
    """Streams what `events` yields for an inbox.

    The inbox is opened before anything is sent, so that a stream over the limit is answered 429, also when several are
    requested at once.
    """

    def __init__(
        self, context: Context, request: Request, caller: Caller, events: Callable[[Inbox], AsyncIterator[str]]
    ) -> None:
        super().__init__((), media_type="text/event-stream", headers=HEADERS)
        self._context = context
        self._route: str = request.scope["route"].path
        self._caller = caller
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the events end, the token expires or the client goes."""
        streams = self._context.metrics.requests.streams.labels(self._route)
        with self._context.notifications.listen(self._caller.id) as inbox, streams.track_inprogress():
            self.body_iterator = self._counted(self._events(inbox))
            expiry = asyncio.get_running_loop().call_later(self._caller.expires - time.time(), inbox.close)
            try:
                await super().__call__(scope, receive, send)
            finally:
                expiry.cancel()

    async def _counted(self, events: AsyncIterator[str]) -> AsyncIterator[str]:
        """Count the events. Where PostgreSQL is away the stream ends; the client reconnects with `Last-Event-ID`."""
        with suppress(ServiceUnavailable):
            async for event in events:
                self._context.metrics.requests.stream_events.labels(self._route).inc()
                yield event
                # `send` may return without suspending: thousands of events at the start would block the event loop.
                await asyncio.sleep(0)


async def _items(context: Context, user_id: UUID, last_event_id: str | None, inbox: Inbox) -> AsyncIterator[str]:
    yield ": connected\n\n"
    told: dict[int, int] = {}
    known, rows = last_event_id, await _changed_since(context, user_id, last_event_id)
    while not inbox.closed:
        fresh = [row for row in rows if told.get(row["submission"]) != row["state_rank"]]
        for row in fresh:
            told[row["submission"]] = row["state_rank"]
            yield _item_event(row, await context.pauses.now())
        if not fresh:
            yield ": ping\n\n"
        rows, known = await _next_rows(context, user_id, known, inbox)


async def _task(
    context: Context, user_id: UUID, task_id: UUID, last_event_id: str | None, inbox: Inbox
) -> AsyncIterator[str]:
    yield ": connected\n\n"
    known = last_event_id
    while not inbox.closed:
        row, event = await _task_event(context, user_id, task_id)
        if row is None:
            return
        yield event if event_id(row) != known else ": ping\n\n"
        known = event_id(row)
        if row["status"] in TERMINAL:
            return
        await inbox.wait_for(task_id, context.settings.ping_interval)


async def _task_event(context: Context, user_id: UUID, task_id: UUID) -> tuple[Row | None, str]:
    task = await context.database.read_as_user(user_id, SQL["task"], task_id, user_id)
    if task is None:
        return None, ""
    return task, _event("status", event_id(task), task_status(task, await context.pauses.now()).model_dump_json())


async def _changed_since(context: Context, user_id: UUID, last_event_id: str | None) -> list[asyncpg.Record]:
    submission, rank = _parse_event_id(last_event_id)
    async with context.database.as_user(user_id) as connection:
        return await connection.fetch(SQL["changed_since"], user_id, submission, rank)


async def _next_rows(
    context: Context, user_id: UUID, known: str | None, inbox: Inbox
) -> tuple[list[asyncpg.Record], str | None]:
    """The rows that were announced or, after a while without announcements, those that the table says have changed,
    because an announcement may be lost. `known` is the newest event that was read from the table.
    """
    changed = await inbox.take(context.settings.ping_interval)
    if changed and not inbox.overflowed:
        async with context.database.as_user(user_id) as connection:
            return await connection.fetch(SQL["find_many"], changed, user_id), known
    inbox.overflowed = False
    rows = await _changed_since(context, user_id, known)
    newest = max(rows, key=lambda row: row["progressed_at"], default=None)
    return rows, event_id(newest) if newest else known


def event_id(row: Row) -> str:
    """The id of the event that tells of this state of an item."""
    return f"{row['submission']}:{row['state_rank']}"


def _parse_event_id(text: str | None) -> tuple[int | None, int | None]:
    submission, _, rank = (text or "").partition(":")
    if submission.isascii() and rank.isascii() and submission.isdigit() and rank.isdigit() and len(text or "") < 40:
        return min(int(submission), 2**63 - 1), min(int(rank), 2**63 - 1)
    return None, None


def _item_event(row: asyncpg.Record, pauses: Pauses) -> str:
    return _event("item", event_id(row), queue_item(row, pauses).model_dump_json())


def _event(name: str, id_: str, data: str) -> str:
    return f"id: {id_}\nevent: {name}\ndata: {data}\n\n"
