"""A real gateway on a real PostgreSQL and a real nats-server, with an issuer of its own."""

from collections.abc import AsyncIterator

import pytest

from scribe.common.messaging.broker import Broker
from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import Issuer, issuing
from tests.support.pipeline import Workers, workers_of


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer of access tokens."""
    async with issuing() as issuer:
        yield issuer


@pytest.fixture
async def gateway(database_url: str, nats_url: str, issuer: Issuer) -> AsyncIterator[Gateway]:
    """A gateway with its loops."""
    async with running_gateway(database_url, nats_url, issuer) as gateway:
        yield gateway


@pytest.fixture
async def quiet_gateway(database_url: str, nats_url: str, issuer: Issuer) -> AsyncIterator[Gateway]:
    """A gateway that only answers: what is submitted stays where it is."""
    async with running_gateway(database_url, nats_url, issuer, loops=False) as gateway:
        yield gateway


@pytest.fixture
async def user(gateway: Gateway) -> AsyncIterator[User]:
    """A user of the gateway."""
    async with gateway.user() as user:
        yield user


@pytest.fixture
def workers(broker: Broker, database_url: str) -> Workers:
    """The four steps, played by the test."""
    return workers_of(broker, database_url)
