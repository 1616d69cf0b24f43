"""A PostgreSQL that answers, but with errors: requests get 503, the loops wait and go on, nothing is lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from scribe.common.tasks.steps import Step
from tests.support.gateway import Gateway, User, gateway_settings, serving_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers, connected
from tests.support.servers import execute, with_database
from tests.support.waiting import eventually

SUBMISSION = {
    "email_template": "Dear {{name}}, hello",
    "recipient_name": "Ada Example",
    "recipient_interest": "quantum fluids",
}


ROLE = "gateway_under_test"
END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'gateway_under_test'"
CANCEL_STATEMENTS = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'gateway_under_test'"


@dataclass(frozen=True)
class Server:
    """The database as its superuser sees it, and the role that the gateway connects as."""

    url: str
    role_url: str

    async def run(self, statement: str) -> None:
        """Execute a statement on another database of the server, as superuser."""
        await execute(with_database(self.url, "postgres"), statement)

    async def end_connections(self) -> None:
        """Terminate every connection of the gateway."""
        async with connected(self.url) as connection:
            await connection.execute(END_CONNECTIONS)


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[Server]:
    """A server with a role that is no superuser, for limits and passwords do not hold superusers back."""
    address = urlsplit(database_url)
    server = Server(database_url, address._replace(netloc=f"{ROLE}:first@{address.hostname}:{address.port}").geturl())
    await server.run(f"DROP ROLE IF EXISTS {ROLE}")
    await server.run(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'first' IN ROLE scribe_gateway")
    yield server
    await server.run(f"DROP ROLE {ROLE}")


@pytest.fixture
async def gateway(server: Server, nats_url: str, issuer: Issuer) -> AsyncIterator[Gateway]:
    """A gateway whose loops all look often."""
    settings = gateway_settings(server.url, nats_url, issuer, reconcile_interval=0.1, users_database_url=None)
    settings = settings.model_copy(update={"database_url": SecretStr(server.role_url)})
    async with serving_gateway(settings, issuer) as gateway:
        yield gateway


FAULTS = {
    "a failover: those who reconnect find a standby": (
        "ALTER ROLE {} SET default_transaction_read_only = on",
        "ALTER ROLE {} RESET default_transaction_read_only",
    ),
    "no connection left": ("ALTER ROLE {} CONNECTION LIMIT 0", "ALTER ROLE {} CONNECTION LIMIT -1"),
    "another password": ("ALTER ROLE {} PASSWORD 'second'", "ALTER ROLE {} PASSWORD 'first'"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_gateway_lives_through_a_database_that_refuses_and_goes_on_afterwards(
    fault: str, gateway: Gateway, server: Server, workers: Workers
) -> None:
    breaks, mends = (statement.format(ROLE) for statement in FAULTS[fault])
    async with gateway.user() as user:
        task_id = await user.generate()
        await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
        await server.run(breaks)
        await server.end_connections()
        await eventually(partial(every_loop_has_failed, gateway))
        assert (await submitted(user)).status_code == 503

        await server.run(mends)
        await eventually(partial(is_accepted, user))
        await workers.finish_all(task_id)
        await eventually(partial(is_written, user, task_id))


async def test_gateway_lives_through_connections_and_statements_that_are_ended_all_the_time(
    gateway: Gateway, server: Server, workers: Workers
) -> None:
    async with gateway.user() as user:
        task_id = await user.generate()
        await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
        async with connected(server.url) as connection:
            for statement in [CANCEL_STATEMENTS, END_CONNECTIONS] * 40:
                await connection.execute(statement)
                assert (await submitted(user)).status_code in (202, 503)
        await workers.finish_all(task_id)
        await eventually(partial(is_written, user, task_id))


async def submitted(user: User) -> httpx.Response:
    return await user.client.post("/api/email/generate", json=SUBMISSION)


async def is_accepted(user: User) -> bool:
    return (await submitted(user)).status_code == 202


async def is_written(user: User, task_id: str) -> bool:
    return (await user.status(task_id))["status"] == "SUCCESS"


def every_loop_has_failed(gateway: Gateway) -> bool:
    """Whether the relay and the reconciler have met the fault and gone on waiting."""
    errors = gateway.context.metrics.tasks.loop_errors
    return all(errors.labels(loop)._value.get() >= 2 for loop in ("relay", "reconciler"))
