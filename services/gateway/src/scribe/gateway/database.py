"""Two kinds of transactions: as the service, and as one user who sees only that user's rows; and reading as a user."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg

from scribe.common.observability.metrics import DatabaseMetrics
from scribe.common.process.database import ACQUIRE_TIMEOUT, POSTGRES_UNAVAILABLE, Connection, observed
from scribe.common.process.transactions import read_value, transaction
from scribe.gateway.problems import Forbidden, ServiceUnavailable

__all__ = ["Connection", "Database"]


KEY = "SELECT inner_key, outer_key FROM caller_key ORDER BY created_at DESC LIMIT 1"


@dataclass(frozen=True)
class CallerKey:
    """The key with which the gateway signs the user of a transaction; row-level security trusts only this signature."""

    inner: bytes
    outer: bytes

    def sign(self, user_id: UUID) -> str:
        """What `scribe_caller()` of the schema reads."""
        caller = str(user_id)
        inner = hashlib.sha256(self.inner + caller.encode()).digest()
        return f"{caller} {hashlib.sha256(self.outer + inner).hexdigest()}"


@dataclass
class Database:
    """Two pools behind two kinds of transactions; no session state outlives them.

    `users` logs in with the role `scribe_user`, to which the key is closed. The two may be one pool, of a login with
    both roles. A caller that gets no connection within `patience` seconds gets ServiceUnavailable.
    """

    pool: asyncpg.Pool
    users: asyncpg.Pool
    metrics: DatabaseMetrics
    patience: float = ACQUIRE_TIMEOUT
    _key: CallerKey | None = field(default=None, init=False)

    @asynccontextmanager
    async def as_user(self, user_id: UUID, operation: str | None = None) -> AsyncIterator[Connection]:
        """A transaction in which row-level security shows only the rows of `user_id`; with an `operation`, observed.

        Raises:
            ServiceUnavailable: PostgreSQL is away. Forbidden: what is written needs the user's row, which is gone.
        """
        with self._observed(operation), _unavailable_while_away(), _forbidden_without_account():
            caller = (self._key or await self._read_key()).sign(user_id)
            with self._forgetting_a_refused_key():
                # One round trip begins the transaction and names the user; a signed UUID needs no quoting.
                begin = f"BEGIN; SET LOCAL ROLE scribe_user; SET LOCAL scribe.caller = '{caller}'"
                async with transaction(self.users, self.patience, begin) as connection:
                    yield connection

    async def read_as_user(self, user_id: UUID, query: str, *arguments: object) -> Any:  # noqa: ANN401 - as asyncpg has it
        """The one value that `query` selects among the rows of `user_id`, in one round trip where two logins are used.

        Raises:
            ServiceUnavailable: PostgreSQL is away.
        """
        if self.users is self.pool:  # only the role, which a transaction sets, hides the rows of others from this login
            async with self.as_user(user_id) as connection:
                return await connection.fetchval(query, *arguments)
        with _unavailable_while_away():
            caller = (self._key or await self._read_key()).sign(user_id)
            with self._forgetting_a_refused_key():
                naming = _naming_the_caller(query, len(arguments) + 1)
                return await read_value(self.users, self.patience, naming, *arguments, caller)

    @asynccontextmanager
    async def as_service(self, operation: str | None = None) -> AsyncIterator[Connection]:
        """A transaction that sees all rows; with an `operation`, observed.

        Raises:
            ServiceUnavailable: PostgreSQL is away.
        """
        with self._observed(operation), _unavailable_while_away():
            async with transaction(self.pool, self.patience) as connection:
                yield connection

    async def _read_key(self) -> CallerKey:
        async with self.as_service() as connection:
            row = await connection.fetchrow(KEY)
        if row is None:
            raise ServiceUnavailable
        self._key = CallerKey(row["inner_key"], row["outer_key"])
        return self._key

    @contextmanager
    def _forgetting_a_refused_key(self) -> Iterator[None]:
        """Forget the key when the database refuses its signature, so that it is read again."""
        try:
            yield
        except asyncpg.InvalidAuthorizationSpecificationError:
            self._key = None
            raise

    def _observed(self, operation: str | None) -> AbstractContextManager[None]:
        return observed(operation, self.metrics) if operation else nullcontext()


@cache
def _naming_the_caller(query: str, parameter: int) -> str:
    """`query`, before which the signed user in `parameter` is named, until the statement's end.

    CASE looks at its condition first, and a subquery is run when its value is asked for; the policies, which read the
    name, are part of the subquery.
    """
    return f"SELECT CASE WHEN set_config('scribe.caller', ${parameter}, true) <> '' THEN ({query}) END"


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
