"""Changes that a user makes to an item: cancel, delete, retry."""

from uuid import UUID

import asyncpg

from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.process.database import load_queries
from scribe.common.tasks.rank import CANCELLED_RANK, rank_before
from scribe.common.tasks.route import Route
from scribe.gateway.context import Context
from scribe.gateway.database import Connection
from scribe.gateway.limits.idempotency import forget_same_body
from scribe.gateway.pipeline.announcements import announce
from scribe.gateway.pipeline.interrupting import interrupt
from scribe.gateway.pipeline.observation import observe_ends
from scribe.gateway.pipeline.purging import purge_runs
from scribe.gateway.pipeline.states import CANCELLED_BY_USER
from scribe.gateway.problems import BadRequest, NotFound

SQL = load_queries("scribe.gateway.queue")


async def locked(connection: Connection, item_id: UUID, user_id: UUID) -> asyncpg.Record:
    """The item's row, locked until the transaction ends against the relay, the projector and the composer.

    Raises:
        NotFound: the user has no such item.
    """
    row = await connection.fetchrow(SQL["lock"], item_id, user_id)
    if row is None:
        raise NotFound("There is no such item.")
    return row


async def cancel(context: Context, user_id: UUID, item_id: UUID) -> asyncpg.Record:
    """Cancel an item that waits or is under way: first in its row, then at the worker that may have it.

    Raises:
        NotFound: the user has no such item. BadRequest: it has ended, or its e-mail is written.
    """
    async with context.database.as_user(user_id, "UPDATE queue_items") as connection:
        row = await locked(connection, item_id, user_id)
        if row["status"] not in ("pending", "processing"):
            raise BadRequest("Only an item that is pending or being written can be cancelled.")
        if await connection.fetchval(SQL["has_email"], item_id):
            raise BadRequest("The e-mail is written already.")
        (row,) = await connection.fetch(SQL["cancel"], item_id, user_id, CANCELLED_RANK, CANCELLED_BY_USER)
        await forget_same_body(connection, user_id)
    observe_ends(context.metrics.tasks, [row])
    await _interrupt(context, row)
    context.queue_changed()
    return row


async def delete(context: Context, user_id: UUID, item_id: UUID) -> None:
    """Delete a waiting item. One that was published before is also cancelled at the workers.

    Raises:
        NotFound: the user has no such item. BadRequest: it does not wait.
    """
    async with context.database.as_user(user_id, "DELETE queue_items") as connection:
        row = await locked(connection, item_id, user_id)
        if row["status"] != "pending":
            raise BadRequest("Only a pending item can be deleted.")
        await connection.execute(SQL["delete"], item_id, user_id)
        await forget_same_body(connection, user_id)
    if row["state_rank"] > 0:
        await _interrupt(context, row)
    context.queue_changed()


async def _interrupt(context: Context, row: asyncpg.Record) -> None:
    """Tell the workers. This may fail: the composer checks the row before it writes."""
    try:
        await interrupt(context.broker, row["id"], row["run"])
        await purge_runs(context.broker.js, row["id"], row["run"], context.route)
        await announce(context.broker, [row])
    except NATS_UNAVAILABLE as error:
        context.log.warning("cancel_not_announced", task_id=str(row["id"]), error_class=type(error).__name__)


async def retry(context: Context, user_id: UUID, item_id: UUID) -> asyncpg.Record:
    """Send a failed item back to the relay as its next run.

    Raises:
        NotFound: the user has no such item. BadRequest: it has not failed.
    """
    async with context.database.as_user(user_id, "UPDATE queue_items") as connection:
        row = await locked(connection, item_id, user_id)
        if row["status"] != "failed":
            raise BadRequest("Only a failed item can be tried again.")
        (row,) = await connection.fetch(SQL["retry"], item_id, user_id, *next_run(row, context.route))
    context.queue_changed()
    return row


def next_run(row: asyncpg.Record, route: Route) -> tuple[int, str | None]:
    """The rank just below the next run's first state, and the step at which that run begins."""
    return rank_before(row["run"] + 1), route.at(row["current_step"])
