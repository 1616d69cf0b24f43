"""The servers that tests run on: in containers where a Docker engine answers, from the wheels elsewhere.

`SCRIBE_TEST_POSTGRES_URL` names a PostgreSQL to be used instead, of another version say, as its superuser.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
from nats.aio.client import Client
from nats.errors import NoServersError
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from scribe.common.messaging.authorization import Identity, authorization, user_names
from scribe.common.messaging.permissions import IMPORTED_API
from scribe.common.tasks.route import ROUTE, Route
from scribe.local.ports import free_port
from scribe.local.servers import embedded_nats, embedded_postgres
from scribe.migrations.commands import upgrade
from scribe.migrations.logins import create_logins
from tests.support.requirements import docker_engine_answers
from tests.support.waiting import eventually

POSTGRES_IMAGE = os.environ.get("SCRIBE_TEST_POSTGRES_IMAGE", "postgres:17-alpine")
NATS_IMAGE = os.environ.get("SCRIBE_TEST_NATS_IMAGE", "nats:2.15-alpine")
TEMPLATE = f"scribe_template_{os.getpid()}"

LOGIN_ROLES = ("scribe_gateway", "scribe_user", "scribe_composer")

# The fixtures stop what they start; the reaper would be one more image to pull.
testcontainers_config.ryuk_disabled = True


class NatsServer(Protocol):
    """A nats-server with JetStream that a test may kill and start again, on the same port and store."""

    @property
    def url(self) -> str:
        """For clients."""

    async def kill(self) -> None:
        """SIGKILL."""

    async def start(self) -> None:
        """Start it again; returns when it takes connections."""

    async def stop(self) -> None:
        """SIGTERM."""


@dataclass
class NatsContainer:
    """A nats-server in a container; its file system stays over a kill."""

    container: DockerContainer
    port: int

    @property
    def url(self) -> str:
        return f"nats://{self.container.get_container_host_ip()}:{self.port}"

    async def kill(self) -> None:
        await asyncio.to_thread(self.container.get_wrapped_container().kill)

    async def start(self) -> None:
        await asyncio.to_thread(self.container.get_wrapped_container().start)
        await eventually(self._answers, timeout=30)

    async def stop(self) -> None:
        await asyncio.to_thread(self.container.get_wrapped_container().stop)

    async def _answers(self) -> bool:
        client = Client()
        try:
            await client.connect(as_user(self.url, "operator"), allow_reconnect=False, connect_timeout=1)
        except (OSError, NoServersError, TimeoutError):
            return False
        await client.close()
        return True


@asynccontextmanager
async def running_nats(folder: Path, route: Route = ROUTE) -> AsyncIterator[NatsServer]:
    """A server of its own, which knows the users of production; `as_user` makes a URL for one of them."""
    # Passwords, because a URL with a user's name and password is easy to hand on.
    accounts = authorization({name: Identity("password", f"{name}-password") for name in user_names(route)}, route)
    if docker_engine_answers():
        async with _nats_container(folder, accounts) as container:
            yield container
    else:
        async with embedded_nats(folder, authorization=accounts) as server:
            yield server


def as_user(nats_url: str, name: str) -> str:
    """The URL with which a service, or `operator`, connects."""
    return f"nats://{name}:{name}-password@{nats_url.rpartition('/')[2].rpartition('@')[2]}"


def nats_environment(nats_url: str, service: str) -> dict[str, str]:
    """The variables with which the process of a service connects."""
    return {"SCRIBE_NATS_URL": as_user(nats_url, service), "SCRIBE_NATS_API_PREFIX": IMPORTED_API}


def _write_configuration(folder: Path, accounts: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nats.conf").write_text(accounts)


@asynccontextmanager
async def _nats_container(folder: Path, accounts: str) -> AsyncIterator[NatsContainer]:
    port = free_port()
    await asyncio.to_thread(_write_configuration, folder, accounts)
    container = (
        DockerContainer(NATS_IMAGE)
        .with_command("-c /etc/scribe/nats.conf -js -sd /data")
        .with_volume_mapping(str(folder), "/etc/scribe", "ro")
        .with_bind_ports(4222, port)
    )
    await asyncio.to_thread(container.start)
    server = NatsContainer(container, port)
    try:
        await server.start()
        yield server
    finally:
        await asyncio.to_thread(container.stop)


@asynccontextmanager
async def running_postgres(folder: Path) -> AsyncIterator[str]:
    """The URL of a server's database `postgres`, as superuser; `TEMPLATE` is in it, migrated."""
    async with AsyncExitStack() as stack:
        if url := os.environ.get("SCRIBE_TEST_POSTGRES_URL", ""):
            stack.push_async_callback(execute, url, f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        elif docker_engine_answers():
            url = await stack.enter_async_context(_postgres_container())
        else:
            url = (await stack.enter_async_context(embedded_postgres(folder, durable=False))).url
        await execute(url, f"CREATE DATABASE {TEMPLATE}")
        await asyncio.to_thread(upgrade, with_database(url, TEMPLATE))
        await asyncio.to_thread(create_logins, url, {role: as_login(url, role) for role in LOGIN_ROLES})
        yield url


@asynccontextmanager
async def _postgres_container() -> AsyncIterator[str]:
    container = PostgresContainer(POSTGRES_IMAGE, driver=None).with_command("-c fsync=off -c max_connections=200")
    await asyncio.to_thread(container.start)
    try:
        yield container.get_connection_url()
    finally:
        await asyncio.to_thread(container.stop)


@asynccontextmanager
async def fresh_database(server_url: str) -> AsyncIterator[str]:
    """The URL of a new migrated database, dropped at the end."""
    name = f"test_{uuid4().hex}"
    await execute(server_url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    try:
        yield with_database(server_url, name)
    finally:
        await execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def as_login(url: str, role: str) -> str:
    """The URL with which a service connects to a database: it owns nothing and has what this role is granted."""
    address = urlsplit(url)
    host = address.netloc.rpartition("@")[2]
    return address._replace(netloc=f"{role}_login:{role}-password@{host}").geturl()


async def execute(url: str, statement: str) -> None:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def set_read_only(url: str, value: str) -> None:
    """Let connections that are opened from now on only read (`on`), as those to a standby, or also write (`off`)."""
    name = url.rpartition("/")[2]
    await execute(with_database(url, "postgres"), f"ALTER DATABASE {name} SET default_transaction_read_only = {value}")


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return f"{url.rpartition('/')[0]}/{name}"


def through(server_url: str, database_url: str) -> str:
    """A database by way of another server, a pooler before its own."""
    return with_database(server_url, database_url.rpartition("/")[2])
