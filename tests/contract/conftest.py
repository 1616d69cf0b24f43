"""The contract is checked against one real gateway, over HTTP, by users who know nothing of each other.

Its loops do not run: what is submitted stays where it is. Everything is checked twice: with PostgreSQL itself, and
behind a pooler that hands its connections over after every transaction.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import issuing
from tests.support.servers import fresh_database, running_nats, through

ORIGIN = "https://app.example.org"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def owner_url(postgres_url: str, database_server: str) -> AsyncIterator[str]:  # noqa: ARG001 - one for each
    """The gateway's database, as its owner reaches it."""
    async with fresh_database(postgres_url) as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateway(
    owner_url: str, database_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    """The gateway, shared by all tests of the contract. It logs in to the database as in production, owning nothing."""
    async with (
        running_nats(tmp_path_factory.mktemp("nats")) as nats,
        issuing() as issuer,
        running_gateway(
            through(database_server, owner_url),
            nats.url,
            issuer,
            loops=False,
            cors_origins=ORIGIN,
        ) as gateway,
    ):
        yield gateway


@pytest_asyncio.fixture(loop_scope="session")
async def user(gateway: Gateway) -> AsyncIterator[User]:
    """A new user."""
    async with gateway.user() as user:
        yield user


@pytest_asyncio.fixture(loop_scope="session")
async def admin(gateway: Gateway) -> AsyncIterator[User]:
    """A new administrator."""
    async with gateway.admin() as admin:
        yield admin
