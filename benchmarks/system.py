"""What benchmarks/gateway.py measures: servers, the gateway and its peer as processes of their own, and users."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.load import connected
from scribe.fakes.server import Fakes, serving
from scribe.local.ports import free_port
from scribe.local.servers import embedded_nats, embedded_postgres
from scribe.migrations.commands import upgrade
from scribe.migrations.logins import create_logins

LOGINS = {"SCRIBE_DATABASE_URL": "scribe_gateway", "SCRIBE_USERS_DATABASE_URL": "scribe_user"}
"""Settings of a gateway and the roles of its two logins."""
LIMITS = {
    "SCRIBE_GENERATE_PER_MINUTE": "1000000",
    "SCRIBE_BATCHES_PER_MINUTE": "1000000",
    "SCRIBE_PENDING_PER_USER": "1000000",
}


@dataclass(frozen=True)
class Server:
    """A process that answers HTTP."""

    pid: int
    port: int


@dataclass(frozen=True)
class User:
    """Somebody with an account."""

    id: UUID
    headers: dict[str, str]


def logins(database: str) -> dict[str, str]:
    """The URLs of a gateway's logins, by setting."""
    place = database.rpartition("@")[2]
    return {setting: f"postgresql://{role}_login:password@{place}" for setting, role in LOGINS.items()}


async def prepare(database: str) -> None:
    """Migrate a database and make a gateway's logins."""
    urls = {LOGINS[setting]: url for setting, url in logins(database).items()}
    await asyncio.to_thread(upgrade, database)
    await asyncio.to_thread(create_logins, database, urls)


@asynccontextmanager
async def gateway_process(
    database: str, nats: str, world: Fakes, python: tuple[str, ...] = (sys.executable,), /, **settings: str
) -> AsyncIterator[Server]:
    """`python -m scribe.gateway` with its two logins, ready. `database` is the owner's URL."""
    port = free_port()
    environment = {
        **os.environ,
        **LIMITS,
        **logins(database),
        "SCRIBE_NATS_URL": nats,
        "SCRIBE_SUPABASE_URL": world.supabase_url,
        "SCRIBE_HOST": "127.0.0.1",
        "SCRIBE_PORT": str(port),
        "SCRIBE_PROBE_PORT": "0",
        **settings,
    }
    command = (*python, "-m", "scribe.gateway")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        while not await is_ready(port):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.2)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        await process.wait()


async def is_ready(port: int) -> bool:
    """Whether the process that has this port says that it is ready."""
    try:
        async with connected(port) as connection:
            answer = await connection.request("GET", "/readyz", {})
    except OSError:
        return False
    return answer.status == 200


@asynccontextmanager
async def bare_process(database: str) -> AsyncIterator[Server]:
    """The peer, ready."""
    command = (sys.executable, str(Path(__file__).with_name("bare.py")), "--database", database)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield Server(process.pid, int(await process.stdout.readline()))
    finally:
        process.kill()
        await process.wait()


async def sign_up(gateway: Server, world: Fakes, name: str) -> User:
    """A new user."""
    issuer = int(world.host_port.rpartition(":")[2])
    async with connected(issuer) as connection, connected(gateway.port) as api:
        token = await connection.request(
            "POST", "/supabase/auth/v1/token", {"X": "1"}, {"email": f"{name}@example.org"}
        )
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        account = await api.request("POST", "/api/user/init", headers)
        assert account.status == 201, account.body
        return User(UUID(account.json()["id"]), headers)


@asynccontextmanager
async def empty_system() -> AsyncIterator[tuple[str, str, Fakes]]:
    """URLs of a migrated database and of NATS, and the stand-ins."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            embedded_postgres(folder / "postgres") as postgres,
            embedded_nats(folder / "nats") as nats,
            serving() as world,
        ):
            await prepare(postgres.url)
            yield postgres.url, nats.url, world
