"""The gateway's connections: nobody waits for one without end."""

from dataclasses import replace

import pytest

from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.gateway.database import Database
from scribe.gateway.problems import ServiceUnavailable
from tests.support.deadlines import within


async def test_who_finds_every_connection_in_use_is_told_so_in_time(database_url: str) -> None:
    async with open_pool(DatabaseSettings(database_url=database_url, database_pool_size=1), "tests") as pool:
        database = Database(pool, pool, Metrics().database)
        async with database.as_service():
            with pytest.raises(ServiceUnavailable):
                async with within(10), replace(database, patience=0.1).as_service():
                    pass
        async with database.as_service() as connection:
            assert await connection.fetchval("SELECT 1") == 1
