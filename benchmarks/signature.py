"""`make bench ONLY=signature`: a list by the login that believes a signature, beside the same by one that sees all.

A real PostgreSQL and the gateway's own two kinds of transactions, called in turn by one client. The table holds as many
e-mails of a hundred others; what grows with the rows of the list would be checked for each of them.
"""

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import asyncpg
from pydantic import SecretStr

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.system import logins, prepare
from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import Connection, load_queries, open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.gateway.database import Database
from scribe.local.servers import embedded_postgres

LENGTHS = (1, 20, 1000)
CALLS = 100
OTHERS = 100
LIST = load_queries("scribe.gateway.emails")["list"]
INSERT_USERS = "INSERT INTO users (id, email) SELECT id, id || '@example.org' FROM unnest($1::uuid[]) AS id"
INSERT_EMAILS = """
INSERT INTO emails (task_id, user_id, recipient_name, recipient_interest, email_message, template_type)
SELECT gen_random_uuid(), id, 'Ada Example', 'quantum fluids', repeat('Dear Ada, ', 100), 'general'
FROM unnest($1::uuid[]) AS id, generate_series(1, $2)
"""


async def milliseconds(call: Callable[[], Awaitable[None]]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    await call()
    return (time.perf_counter() - start) * 1000


async def compare(database: Database, user: UUID, length: int) -> Results:
    """Medians of both, called in turn."""

    async def signed() -> None:
        async with database.as_user(user) as connection:
            assert len(await _listed(connection, user, length)) == length

    async def plain() -> None:
        async with database.as_service() as connection:
            assert len(await _listed(connection, user, length)) == length

    times = [(await milliseconds(signed), await milliseconds(plain)) for _ in range(CALLS)]
    ours, theirs = (median(side) for side in zip(*times, strict=True))
    name = f"signature.rows_{length}"
    return {f"{name}_signed_ms": ours, f"{name}_plain_ms": theirs, f"{name}_signed_over_plain_ratio": ours / theirs}


async def _listed(connection: Connection, user: UUID, length: int) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await connection.fetch(LIST, user, length, None, None, True, None, 0)
    return rows


@asynccontextmanager
async def filled(rows: int) -> AsyncIterator[tuple[Database, UUID]]:
    """A database with `rows` e-mails of one user, and as many of all others."""
    users = [uuid4() for _ in range(OTHERS + 1)]
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = await stack.enter_async_context(embedded_postgres(folder / "postgres"))
        await prepare(server.url)
        connection = await asyncpg.connect(server.url)
        await connection.execute(INSERT_USERS, users)
        await connection.execute(INSERT_EMAILS, users[:1], rows)
        await connection.execute(INSERT_EMAILS, users[1:], rows // OTHERS)
        await connection.execute("ANALYZE")
        await connection.close()
        pools = [
            await stack.enter_async_context(open_pool(DatabaseSettings(database_url=SecretStr(url)), "benchmark"))
            for url in logins(server.url).values()
        ]
        yield Database(pools[0], pools[1], Metrics().database), users[0]


async def measure() -> Results:
    """Lists of each length, in one database."""
    found: dict[str, float] = {}
    async with filled(max(LENGTHS)) as (database, user):
        await compare(database, user, LENGTHS[0])  # warms up
        for length in LENGTHS:
            found |= await compare(database, user, length)
    return found


def _row(length: int) -> tuple[str | Figure, ...]:
    name = f"signature.rows_{length}"
    times = (Figure(f"{name}_{side}_ms", "{:.2f} ms") for side in ("signed", "plain"))
    return (f"{length:,}", *times, Figure(f"{name}_signed_over_plain_ratio"))


TABLE = Table(("e-mails in the list", "signed", "plain", "ratio"), tuple(map(_row, LENGTHS)))
BENCHMARK = Benchmark("signature", measure, TABLE)
