"""The gateway's connections: nobody waits for one without end, and none that has ended fails a request."""

import asyncio
from dataclasses import replace
from threading import Thread

import asyncpg
import pytest

from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.gateway.database import Database
from scribe.gateway.problems import ServiceUnavailable
from tests.support.deadlines import within
from tests.support.pipeline import connected


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
        # This thread waits, so that nothing has read that the connection has ended.
        ending = Thread(target=lambda: asyncio.run(end_connection(database_url, idle)))
        ending.start()
        ending.join()
        async with database.as_service() as connection:
            assert await connection.fetchval("SELECT pg_backend_pid()") != idle


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
