"""`/api/queue` and the submission and status of single e-mails."""

from fastapi import APIRouter, Response

from scribe.common.database import load_queries
from scribe.gateway.context import InContext, PathId, UserId, parse_id
from scribe.gateway.problems import BadRequest, NotFound
from scribe.gateway.queue.models import Accepted, Batch, BatchAccepted, Generate, Message, QueueItem, TaskStatus
from scribe.gateway.queue.projection import queue_item, task_status
from scribe.gateway.queue.submission import submit

SQL = load_queries("scribe.gateway.queue")
email_router = APIRouter(prefix="/api/email", tags=["email"])
router = APIRouter(prefix="/api/queue", tags=["queue"])


@email_router.post("/generate", status_code=202)
async def generate(context: InContext, user_id: UserId, body: Generate, response: Response) -> Accepted:
    """Have one e-mail written."""
    async with context.database.as_user(user_id) as connection:
        (task_id,) = await submit(context, connection, user_id, [body], body.email_template)
    context.wake_relay()
    response.headers["Location"] = f"/api/email/status/{task_id}"
    response.headers["Retry-After"] = "2"
    return Accepted(task_id=task_id)


@email_router.get("/status/{task_id}")
async def status(context: InContext, user_id: UserId, task_id: str) -> TaskStatus:
    """Where a task stands."""
    async with context.database.as_user(user_id) as connection:
        row = await connection.fetchrow(SQL["find"], parse_id(task_id), user_id)
        if row is None:
            raise NotFound("There is no such task.")
        seconds = await connection.fetchval(SQL["generation_time"], row["email_id"]) if row["email_id"] else None
    return task_status(row, seconds)


@router.post("/batch", status_code=201)
async def submit_batch(context: InContext, user_id: UserId, body: Batch) -> BatchAccepted:
    """Have many e-mails written from one template."""
    async with context.database.as_user(user_id) as connection:
        ids = await submit(context, connection, user_id, body.items, body.email_template)
    context.wake_relay()
    return BatchAccepted(queue_item_ids=ids, message=f"{len(ids)} e-mail{'s' if len(ids) > 1 else ''} queued.")


@router.get("/")
async def list_items(context: InContext, user_id: UserId) -> list[QueueItem]:
    """The caller's items: active ones and those of the last 24 hours, oldest first."""
    async with context.database.as_user(user_id) as connection:
        rows = await connection.fetch(SQL["list"], user_id)
    waiting = sum(row["status"] == "pending" for row in rows)
    places = iter(await context.positions.of_users_items(user_id, waiting))
    return [queue_item(row, next(places) if row["status"] == "pending" else None) for row in rows]


@router.delete("/{id}")
async def delete_item(context: InContext, user_id: UserId, item_id: PathId) -> Message:
    """Take a waiting item out of the queue."""
    async with context.database.as_user(user_id) as connection:
        row = await connection.fetchrow(SQL["lock"], item_id, user_id)
        if row is None:
            raise NotFound("There is no such item.")
        if row["status"] != "pending":
            raise BadRequest("Only a pending item can be deleted.")
        await connection.execute(SQL["delete"], item_id, user_id)
    return Message(message="The item was removed from the queue.")
