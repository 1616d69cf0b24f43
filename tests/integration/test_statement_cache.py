"""Statements are kept prepared at a server, and not behind a pooler; a migration under them breaks nothing."""

import asyncio
from contextlib import nullcontext

import asyncpg
import pytest

from scribe.common.process.connecting import StatementCache
from scribe.common.process.database import POSTGRES_UNAVAILABLE, open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.common.process.transactions import acquired
from tests.support.servers import through

PREPARED = "SELECT count(*) FROM pg_prepared_statements"


async def prepared(url: str, cache: StatementCache = "auto") -> int:
    """How many statements a connection has at its server after a few transactions."""
    async with open_pool(DatabaseSettings(database_url=url, database_statement_cache=cache), "tests") as pool:
        for number in range(3):
            async with acquired(pool) as connection, connection.transaction():
                assert await connection.fetchval("SELECT $1::int", number) == number
        return int(await pool.fetchval(PREPARED))


async def test_statements_are_kept_at_a_server_and_not_behind_a_pooler(
    database_server: str, postgres_url: str, database_url: str
) -> None:
    count = await prepared(through(database_server, database_url))
    assert (count > 0) == (database_server == postgres_url)


@pytest.mark.parametrize(("cache", "is_kept"), [("on", True), ("off", False)])
async def test_the_setting_decides_where_it_is_set(database_url: str, cache: StatementCache, is_kept: bool) -> None:
    assert (await prepared(database_url, cache) > 0) == is_kept


@pytest.mark.parametrize("is_single", [False, True])
async def test_many_clients_of_few_server_connections_do_not_see_each_others_statements(
    database_server: str, database_url: str, is_single: bool
) -> None:
    settings = DatabaseSettings(database_url=through(database_server, database_url), database_pool_size=8)

    async def ask(pool: asyncpg.Pool, number: int) -> int:
        async with acquired(pool) as connection, nullcontext() if is_single else connection.transaction():
            return int(await connection.fetchval(f"SELECT $1::int + {number}", number))

    async with open_pool(settings, "one") as one, open_pool(settings, "other") as other:
        for _ in range(3):
            sums = await asyncio.gather(*(ask(pool, number) for number in range(16) for pool in (one, other)))
            assert sums == [2 * number for number in range(16) for _ in "ab"]


async def test_a_migration_under_a_prepared_statement_is_a_reason_to_try_again(database_url: str) -> None:
    async with open_pool(DatabaseSettings(database_url=database_url, database_pool_size=1), "tests") as pool:

        async def columns() -> int:
            async with acquired(pool) as connection, connection.transaction():
                row = await connection.fetchrow("SELECT * FROM made_by_test")
                assert row is not None
                return len(row)

        await pool.execute("CREATE TABLE made_by_test AS SELECT 1 AS one")
        assert [await columns() for _ in range(2)] == [1, 1]
        await pool.execute("ALTER TABLE made_by_test ADD COLUMN two int")
        with pytest.raises(POSTGRES_UNAVAILABLE):
            await columns()
        assert await columns() == 2
