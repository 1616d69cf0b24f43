"""The whole pipeline as processes of its own, with steps that do nothing: what is left is the platform's own cost."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.load import connected, family, family_cpu_seconds
from benchmarks.system import Server, User, gateway_process, is_ready, prepare, sign_up
from scribe.common.tasks.route import ROUTE
from scribe.fakes.server import serving
from scribe.local.ports import free_port
from scribe.local.processes import Child
from scribe.local.servers import embedded_nats, embedded_postgres

CONCURRENCY = 64
"""Of each worker."""
IN_FLIGHT = 512
USERS = 10
BATCH = 100
TEMPLATE = "Dear {{name}},\n\nI read about {{topic}}.\n\nKind regards"
PATIENCE = 3600.0


@dataclass(frozen=True)
class Spent:
    """Of a run of `items`: its seconds, and the CPU seconds of each process by its name."""

    items: int
    seconds: float
    cpu: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Items a second."""
        return self.items / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU of all processes for one item, in ms."""
        return sum(self.cpu.values()) / self.items * 1000


@dataclass(frozen=True)
class NoopPipeline:
    """A running pipeline; `processes` are the roots of its processes by name."""

    gateway: Server
    users: tuple[User, ...]
    database: asyncpg.Connection
    processes: Mapping[str, int]

    async def run(self, items: int) -> Spent:
        """Send so many items through, from the first request to the last row that says completed."""
        before, start = self._cpu(), time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            await self._submit(items)
            while await self._is_busy():  # noqa: ASYNC110 - a row tells nobody
                await asyncio.sleep(0.1)
        seconds, after = time.perf_counter() - start, self._cpu()
        return Spent(items, seconds, {name: after[name] - before[name] for name in after})

    async def _submit(self, items: int) -> None:
        async with connected(self.gateway.port) as api:
            for number, first in enumerate(range(0, items, BATCH)):
                people = [_person(n) for n in range(first, min(first + BATCH, items))]
                body = {"items": people, "email_template": TEMPLATE}
                user = self.users[number % len(self.users)]
                headers = {**user.headers, "Scribe-Repeat": "allow"}
                answer = await api.request("POST", "/api/queue/batch", headers, body)
                assert answer.status == 201, answer.body

    async def _is_busy(self) -> bool:
        # Two conditions of one index each: `IN` reads the table.
        pending = "SELECT EXISTS (SELECT FROM queue_items WHERE status = 'pending')"
        processing = "SELECT EXISTS (SELECT FROM queue_items WHERE status = 'processing')"
        return bool(await self.database.fetchval(pending) or await self.database.fetchval(processing))

    def _cpu(self) -> dict[str, float]:
        client = {"client": family_cpu_seconds({os.getpid()})}
        return client | {name: family_cpu_seconds(family(pid)) for name, pid in self.processes.items()}


def _person(number: int) -> dict[str, str]:
    return {"recipient_name": f"Ada Example {number}", "recipient_interest": "quantum fluids"}


@asynccontextmanager
async def noop_pipeline(profiles: Path | None = None) -> AsyncIterator[NoopPipeline]:
    """Servers, gateway and the four workers, ready; with `profiles`, cProfile writes one of each process there."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = await stack.enter_async_context(embedded_postgres(folder / "postgres"))
        nats = await stack.enter_async_context(embedded_nats(folder / "nats"))
        world = await stack.enter_async_context(serving())
        await prepare(postgres.url)
        settings = {"SCRIBE_IN_FLIGHT": str(IN_FLIGHT), "SCRIBE_IN_FLIGHT_PER_USER": str(IN_FLIGHT)}
        limits = {"SCRIBE_STEP_CONCURRENCY": str(CONCURRENCY), "SCRIBE_PENDING_PER_USER": "1000000"}
        python = interpreter("gateway", profiles)
        opened = gateway_process(postgres.url, nats.url, world, python, **settings, **limits)
        gateway = await stack.enter_async_context(opened)
        processes = {"gateway": gateway.pid, **dict(_servers({"nats": nats.child, "postgres": postgres.child}))}
        for step in ROUTE:
            processes[step] = await stack.enter_async_context(noop_worker(step, postgres.url, nats.url, profiles))
        users = [await sign_up(gateway, world, f"noop{number}") for number in range(USERS)]
        database = await asyncpg.connect(postgres.url)
        stack.push_async_callback(database.close)
        yield NoopPipeline(gateway, tuple(users), database, processes)


def _servers(children: Mapping[str, Child | None]) -> Iterator[tuple[str, int]]:
    for name, child in children.items():
        assert child is not None
        assert child.pid is not None
        yield name, child.pid


def interpreter(name: str, profiles: Path | None) -> tuple[str, ...]:
    """What runs a module, under the profiler where there is a folder for what it finds."""
    return (sys.executable, *(("-m", "cProfile", "-o", str(profiles / f"{name}.prof")) if profiles else ()))


@asynccontextmanager
async def noop_worker(step: str, database: str, nats: str, profiles: Path | None) -> AsyncIterator[int]:
    """`python -m benchmarks.noop_worker <step>`, ready; gives its process id."""
    port = free_port()
    environment = {
        **os.environ,
        "SCRIBE_DATABASE_URL": database,
        "SCRIBE_NATS_URL": nats,
        "SCRIBE_HOST": "127.0.0.1",
        "SCRIBE_PORT": str(port),
        "SCRIBE_CONCURRENCY": str(CONCURRENCY),
    }
    command = (*interpreter(step, profiles), "-m", "benchmarks.noop_worker", step)
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        while not await is_ready(port):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()
