"""The gateway's connections: nobody waits for one without end, and none that has ended fails a request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from threading import Thread
from uuid import uuid4

import asyncpg
import pytest

from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.gateway.database import Database
from scribe.gateway.problems import ServiceUnavailable
from tests.support.deadlines import within
from tests.support.pipeline import connected
from tests.support.servers import as_login

INSERT_USER = "INSERT INTO users (id, email) SELECT id, id || '@example.org' FROM gen_random_uuid() AS id RETURNING id"
CALLER = "SELECT coalesce(current_setting('scribe.caller', true), '')"


async def test_who_finds_every_connection_in_use_is_told_so_in_time(database_url: str) -> None:
    async with open_pool(DatabaseSettings(database_url=database_url, database_pool_size=1), "tests") as pool:
        database = Database(pool, pool, Metrics().database)
        async with database.as_service():
            with pytest.raises(ServiceUnavailable):
                async with within(10), replace(database, patience=0.1).as_service():
                    pass
        async with database.as_service() as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def test_a_connection_that_the_server_ended_while_it_was_idle_fails_no_transaction(database_url: str) -> None:
    async with open_pool(DatabaseSettings(database_url=database_url, database_pool_size=1), "tests") as pool:
        database = Database(pool, pool, Metrics().database)
        async with database.as_service() as connection:
            idle = await connection.fetchval("SELECT pg_backend_pid()")
        end_unseen(database_url, idle)
        async with database.as_service() as connection:
            assert await connection.fetchval("SELECT pg_backend_pid()") != idle


async def test_a_connection_that_the_server_ended_while_it_was_idle_fails_no_read(database_url: str) -> None:
    mine = uuid4()
    async with two_logins(database_url) as database:
        idle = await database.read_as_user(mine, "SELECT pg_backend_pid()")
        end_unseen(database_url, idle)
        assert await database.read_as_user(mine, "SELECT pg_backend_pid()") != idle


@pytest.mark.parametrize("login", ["scribe_user", None])
async def test_a_read_sees_the_rows_of_its_user_alone_and_leaves_no_name(login: str | None, database_url: str) -> None:
    everything = "SELECT array_agg(id) FROM users"
    async with two_logins(database_url, login) as database, connected(database_url) as owner:
        mine, other = [await owner.fetchval(INSERT_USER) for _ in range(2)]
        assert await database.read_as_user(mine, everything) == [mine]
        assert await database.users.fetchval(CALLER) == ""
        assert await database.read_as_user(other, everything) == [other]
        assert await database.read_as_user(uuid4(), everything) is None


@asynccontextmanager
async def two_logins(database_url: str, of_users: str | None = "scribe_user") -> AsyncIterator[Database]:
    """A gateway's database; one login for everything where that of the users is None."""
    settings = [
        DatabaseSettings(database_url=as_login(database_url, role), database_pool_size=1)
        for role in ("scribe_gateway", of_users or "scribe_gateway")
    ]
    async with open_pool(settings[0], "tests") as pool, open_pool(settings[1], "tests") as users:
        yield Database(pool, users if of_users else pool, Metrics().database)


def end_unseen(database_url: str, process: int) -> None:
    """End a connection while this thread waits, so that nothing has read that it has ended."""
    ending = Thread(target=lambda: asyncio.run(end_connection(database_url, process)))
    ending.start()
    ending.join()


async def end_connection(database_url: str, process: int) -> None:
    """Terminate a connection, and wait until it has ended."""
    async with connected(database_url) as connection:
        await connection.execute("SELECT pg_terminate_backend($1, 5000)", process)


async def test_a_connection_that_ends_within_a_transaction_is_told_as_such(database_url: str) -> None:
    async with open_pool(DatabaseSettings(database_url=database_url, database_pool_size=1), "tests") as pool:
        database = Database(pool, pool, Metrics().database)

        async def lose() -> None:
            async with database.as_service() as connection:
                await end_connection(database_url, await connection.fetchval("SELECT pg_backend_pid()"))
                await connection.execute("SELECT 1")

        with pytest.raises(ServiceUnavailable) as told:
            await lose()
        assert isinstance(told.value.__cause__, asyncpg.InterfaceError | asyncpg.PostgresConnectionError)
        async with database.as_service() as connection:
            assert await connection.fetchval("SELECT 1") == 1
