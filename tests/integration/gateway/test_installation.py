"""Two installations on one NATS account: the second is refused before it takes a task of the first."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from scribe.common.errors import ConfigurationError
from scribe.gateway.pipeline.installation import SQL, claim_streams
from tests.support.gateway import Gateway, running_gateway
from tests.support.issuer import issuing


@pytest.fixture
async def gateway(database_url: str, nats_url: str) -> AsyncIterator[Gateway]:
    """A gateway whose streams nobody has claimed."""
    async with issuing() as issuer, running_gateway(database_url, nats_url, issuer) as running:
        yield running


async def named(owner: "asyncpg.Connection[asyncpg.Record]", installation: UUID) -> None:
    """Give the database the id of this installation, which only the tables' owner can."""
    await owner.execute(f"COMMENT ON TABLE alembic_version IS '{installation}'")


async def test_the_second_installation_on_an_account_is_refused_and_the_first_goes_on(
    gateway: Gateway, database_url: str
) -> None:
    database, broker = gateway.context.database, gateway.context.broker
    await claim_streams(database, broker)
    await claim_streams(database, broker)
    async with database.as_service() as connection:
        first, second = await connection.fetchval(SQL["installation"]), uuid4()
    owner = await asyncpg.connect(database_url)
    try:
        await named(owner, second)
        with pytest.raises(ConfigurationError, match=f"another installation of Scribe .{first}, this one is {second}"):
            await claim_streams(database, broker)
        await named(owner, first)
    finally:
        await owner.close()
    await claim_streams(database, broker)
