"""Runs one peer of benchmarks/peers: its servers and processes, and the CPU time that all of them spend on items."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import family, family_cpu_seconds
from benchmarks.noop_pipeline import Spent
from scribe.local.ports import free_port
from scribe.local.servers import embedded_nats, embedded_postgres

FOLDER = Path(__file__).with_name("peers")
PYTHON = FOLDER / ".venv" / "bin" / "python"
PATIENCE = 600.0


@dataclass(frozen=True)
class Peer:
    """What a peer is called, the command of its driver, and which servers it needs."""

    name: str
    command: tuple[str, ...]
    servers: frozenset[str]
    environment: tuple[tuple[str, str], ...] = ()


KEEPS_STATES = (("PEER_STATES", "1"),)
PEERS = (
    Peer("celery_prefork", ("celery_noop.py", "prefork"), frozenset({"redis"}), KEEPS_STATES),
    Peer("celery_gevent", ("celery_noop.py", "gevent"), frozenset({"redis"}), KEEPS_STATES),
    Peer("celery_stateless", ("celery_noop.py", "one"), frozenset({"redis"})),
    Peer("faststream", ("faststream_chain.py",), frozenset({"nats"})),
    Peer("taskiq_nats", ("taskiq_chain.py",), frozenset({"nats"})),
    Peer("raw", ("raw_chain.py",), frozenset({"nats", "postgres"})),
)


def missing(peer: Peer) -> str:
    """What this machine lacks for it; empty where nothing."""
    if not PYTHON.exists():
        return "the peers are not installed: make peers"
    if "redis" in peer.servers and shutil.which("redis-server") is None:
        return "redis-server is missing: apt install redis-server"
    return ""


async def run_peer(peer: Peer, warm_up: int, items: int) -> Spent:
    """One run of a fresh peer."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment, roots = await _servers(peer, folder, stack)
        process = await stack.enter_async_context(_driver(peer, environment))
        roots.append(process.pid)
        async with asyncio.timeout(PATIENCE):
            await _heard(process, "ready")
            await _send(process, warm_up)
            before, start = _cpu(roots), time.perf_counter()
            await _send(process, items)
            return Spent(items, time.perf_counter() - start, {peer.name: _cpu(roots) - before})


async def _servers(peer: Peer, folder: Path, stack: AsyncExitStack) -> tuple[dict[str, str], list[int]]:
    environment, roots = {**os.environ, **dict(peer.environment)}, list[int]()
    if "nats" in peer.servers:
        nats = await stack.enter_async_context(embedded_nats(folder / "nats"))
        environment["PEER_NATS_URL"] = nats.url
        roots.append((nats.child and nats.child.pid) or 0)
    if "postgres" in peer.servers:
        postgres = await stack.enter_async_context(embedded_postgres(folder / "postgres"))
        environment["PEER_DATABASE_URL"] = postgres.url
        roots.append((postgres.child and postgres.child.pid) or 0)
    if "redis" in peer.servers:
        port = free_port()
        environment["PEER_REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        roots.append(await stack.enter_async_context(_redis(port, folder)))
    return environment, roots


@asynccontextmanager
async def _redis(port: int, folder: Path) -> AsyncIterator[int]:
    """redis-server that appends to a file, as a broker of work that must not be lost does; gives its process id."""
    options = ("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--appendonly", "yes")
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec("redis-server", *options, stdout=quiet)
    try:
        async with asyncio.timeout(30):
            while not await _listens(port):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def _driver(peer: Peer, environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(str(PYTHON), *peer.command),
        cwd=FOLDER,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=sys.stderr if "SCRIBE_BENCHMARK_VERBOSE" in environment else asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(30):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _send(process: asyncio.subprocess.Process, items: int) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{items}\n".encode())
    await process.stdin.drain()
    await _heard(process, "done")


async def _heard(process: asyncio.subprocess.Process, word: str) -> None:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    if line != word:
        raise RuntimeError(f"the peer said {line!r} instead of {word!r}")


def _cpu(roots: list[int]) -> float:
    return sum(family_cpu_seconds(family(pid)) for pid in roots)
