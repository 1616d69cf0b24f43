"""`/api/queue`, and the submission and status of single e-mails."""

import asyncio
from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from scribe.common.process.database import load_queries
from scribe.gateway.context import InContext, PathId, PathTask, UserId
from scribe.gateway.limits.idempotency import KnownRepeats, claimed
from scribe.gateway.limits.rate import Limit, spend
from scribe.gateway.problems import NotFound
from scribe.gateway.queue import changes
from scribe.gateway.queue.advice import advice_on
from scribe.gateway.queue.models import Accepted, Batch, BatchAccepted, Generate, Message, QueueItem, TaskStatus
from scribe.gateway.queue.projection import queue_item, task_status
from scribe.gateway.queue.submission import SUBMIT, submit
from scribe.gateway.web.etag import known_tags, polled, tagged
from scribe.gateway.web.openapi import not_modified, problems

SQL = load_queries("scribe.gateway.queue")
VERSION, LIST = (f"{SQL['listed']} {SQL[name]}" for name in ("version", "list"))
email_router = APIRouter(prefix="/api/email", tags=["email"])
router = APIRouter(prefix="/api/queue", tags=["queue"])


@email_router.post("/generate", status_code=202, response_model=Accepted, responses=problems(409, 429))
async def generate(
    context: InContext, user_id: UserId, body: Generate, response: Response, repeats: KnownRepeats
) -> Response:
    """Have one e-mail written."""
    limit = Limit("generate", context.settings.generate_per_minute, 60)
    charge = partial(spend, user_id=user_id, limit=limit, response=response)
    async with claimed(context.database, user_id, repeats, "generate", body, charge) as claim:
        if claim.answer is not None:
            return claim.answer
        advice = advice_on([body], body.email_template)
        async with context.database.as_user(user_id, SUBMIT) as connection:
            (task_id,) = await submit(context, connection, user_id, [body], advice.template)
            headers = {**response.headers, "Location": f"/api/email/status/{task_id}", "Retry-After": "2"}
            answer = JSONResponse({"task_id": str(task_id), **advice.fields}, 202, headers=headers)
            await claim.finish(connection, answer)
    context.queue_changed()
    return answer


@email_router.get("/status/{task_id}", response_model=TaskStatus, responses=not_modified())
async def status(context: InContext, user_id: UserId, task_id: PathTask, request: Request) -> Response:
    """Where a task stands."""
    task = await context.database.read_as_user(user_id, SQL["task"], task_id, user_id)
    if task is None:
        raise NotFound("There is no such task.")
    return polled(request, task_status(task, await context.pauses.now()).model_dump_json())


@router.post("/batch", status_code=201, response_model=BatchAccepted, responses=problems(409, 429))
async def submit_batch(
    context: InContext, user_id: UserId, body: Batch, response: Response, repeats: KnownRepeats
) -> Response:
    """Have many e-mails written from one template."""
    limit = Limit("batch", context.settings.batches_per_minute, 60)
    charge = partial(spend, user_id=user_id, limit=limit, response=response)
    async with claimed(context.database, user_id, repeats, "batch", body, charge) as claim:
        if claim.answer is not None:
            return claim.answer
        advice = await asyncio.to_thread(advice_on, body.items, body.email_template)
        async with context.database.as_user(user_id, SUBMIT) as connection:
            ids = await submit(context, connection, user_id, body.items, advice.template)
            message = f"{len(ids)} e-mail{'s' * (len(ids) > 1)} queued."
            accepted = {"queue_item_ids": [str(item_id) for item_id in ids], "message": message, **advice.fields}
            answer = JSONResponse(accepted, 201, headers=dict(response.headers))
            await claim.finish(connection, answer)
    context.queue_changed()
    return answer


@router.get("", include_in_schema=False)
@router.get("/", response_model=list[QueueItem], responses=not_modified())
async def list_items(context: InContext, user_id: UserId, request: Request) -> Response:
    """The caller's items: active ones and those of the last 24 hours, oldest first."""
    told = (*await context.positions.of(user_id), await context.pauses.now())
    known = known_tags(request)
    read = partial(context.database.read_as_user, user_id)
    if known and (version := await read(VERSION, user_id, *told)) in known:
        return tagged(version, None)
    version, items = await read(LIST, user_id, *told)
    return tagged(version, items)


@router.delete("/{id}")
async def delete_item(context: InContext, user_id: UserId, item_id: PathId) -> Message:
    """Take a waiting item out of the queue."""
    await changes.delete(context, user_id, item_id)
    return Message(message="The item was removed from the queue.")


@router.post("/{id}/cancel")
async def cancel_item(context: InContext, user_id: UserId, item_id: PathId) -> QueueItem:
    """End an item that waits or is being written."""
    return queue_item(await changes.cancel(context, user_id, item_id))


@router.post("/{id}/retry")
async def retry_item(context: InContext, user_id: UserId, item_id: PathId) -> QueueItem:
    """Try a failed item again."""
    return queue_item(await changes.retry(context, user_id, item_id))
