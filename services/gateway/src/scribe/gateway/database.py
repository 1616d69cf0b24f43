"""Two kinds of transactions: as the service, and as one user who sees only that user's rows."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from scribe.common.observability.metrics import DatabaseMetrics
from scribe.common.process.database import ACQUIRE_TIMEOUT, POSTGRES_UNAVAILABLE, Connection, acquired, observed
from scribe.gateway.problems import Forbidden, ServiceUnavailable

__all__ = ["Connection", "Database"]


@dataclass(frozen=True)
class Database:
    """The pool, behind two kinds of transactions; no session state outlives them.

    A caller that gets no connection within `patience` seconds gets ServiceUnavailable.
    """

    pool: asyncpg.Pool
    metrics: DatabaseMetrics
    patience: float = ACQUIRE_TIMEOUT

    @asynccontextmanager
    async def as_user(self, user_id: UUID, operation: str | None = None) -> AsyncIterator[Connection]:
        """A transaction in which row-level security shows only the rows of `user_id`; with an `operation`, observed.

        Raises:
            ServiceUnavailable: PostgreSQL is away. Forbidden: what is written needs the user's row, which is gone.
        """
        with self._observed(operation), _unavailable_while_away(), _forbidden_without_account():
            async with acquired(self.pool, self.patience) as connection:
                # One round trip begins the transaction and sets the user; a UUID needs no quoting.
                await connection.execute(
                    "BEGIN; SELECT set_config('role', 'scribe_user', true),"
                    f" set_config('scribe.user_id', '{user_id}', true)"
                )
                try:
                    yield connection
                except BaseException:
                    if not connection.is_closed():
                        await connection.execute("ROLLBACK")
                    raise
                await connection.execute("COMMIT")

    @asynccontextmanager
    async def as_service(self, operation: str | None = None) -> AsyncIterator[Connection]:
        """A transaction that sees all rows; with an `operation`, observed.

        Raises:
            ServiceUnavailable: PostgreSQL is away.
        """
        with self._observed(operation), _unavailable_while_away():
            async with acquired(self.pool, self.patience) as connection, connection.transaction():
                yield connection

    def _observed(self, operation: str | None) -> AbstractContextManager[None]:
        return observed(operation, self.metrics) if operation else nullcontext()


@contextmanager
def _forbidden_without_account() -> Iterator[None]:
    try:
        yield
    except asyncpg.ForeignKeyViolationError:
        raise Forbidden("This account does not exist any more.") from None


@contextmanager
def _unavailable_while_away() -> Iterator[None]:
    try:
        yield
    except POSTGRES_UNAVAILABLE as error:
        raise ServiceUnavailable from error
