"""The e-mails in PostgreSQL: one for each task, counted once."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

import asyncpg

from scribe.common.errors import CancelledTaskError, UnreadableMessageError
from scribe.common.observability.metrics import DatabaseMetrics
from scribe.common.process.database import as_unavailable, observed
from scribe.common.process.transactions import acquired
from scribe.common.tasks.data import PipelineData
from scribe.common.text.templates import uniform
from scribe.composer.metadata import FinishedEmail


class EmailStore(Protocol):
    """Where finished e-mails go."""

    async def as_submitted(self, data: PipelineData) -> PipelineData:
        """The task with what its user has submitted, whatever the message says of it, and with `email_id` where an
        earlier delivery has written the e-mail.

        Raises:
            UnreadableMessageError: the user has no such task: whoever sent the message is not our relay.
            UnavailableError: the database is away.
        """

    async def write(self, data: PipelineData, email: FinishedEmail) -> UUID:
        """Write the task's e-mail, unless it is there, and return its id.

        Raises:
            CancelledTaskError: the task was cancelled or deleted. UnavailableError: the database is away.
        """


class PostgresEmails:
    """The table `emails`. Safe to call again at any point: a task never has two e-mails, nor counts twice."""

    def __init__(self, pool: asyncpg.Pool, queries: Mapping[str, str], metrics: DatabaseMetrics) -> None:
        self._pool = pool
        self._queries = queries
        self._metrics = metrics

    async def as_submitted(self, data: PipelineData) -> PipelineData:
        """See EmailStore."""
        with as_unavailable():
            async with acquired(self._pool) as connection:
                row = await connection.fetchrow(self._queries["submitted"], data.task_id, data.user_id)
        if row is None:
            raise UnreadableMessageError("a task that its user does not have")
        return data.model_copy(update={**row, "email_template": uniform(row["email_template"]).text})

    async def write(self, data: PipelineData, email: FinishedEmail) -> UUID:
        """See EmailStore. The e-mail and the user's count are one transaction, of one statement."""
        with observed("INSERT emails", self._metrics), as_unavailable():
            async with acquired(self._pool) as connection:
                item = await connection.fetchrow(self._queries["write"], *_row(data, email))
                if item is None:
                    raise CancelledTaskError("the task was deleted")
                if item["cancelled_at"] is not None:
                    raise CancelledTaskError("the task was cancelled before its e-mail was written")
                written: UUID = item["email_id"] or await connection.fetchval(self._queries["find"], data.task_id)
        return written


def _row(data: PipelineData, email: FinishedEmail) -> tuple[object, ...]:
    return (
        data.task_id,
        data.user_id,
        data.recipient_name,
        data.recipient_interest,
        email.message,
        email.template_type.value,
        storable(email.metadata),
        email.is_confident,
    )


def storable(value: object) -> object:
    """JSON without NUL characters, which pages may hold and jsonb may not."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {key: storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
