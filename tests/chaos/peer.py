"""The same faults on a Celery chain over Redis (benchmarks/peers/celery_chain.py): the table's second column.

Its environment is made by `uv venv .peers` and `uv pip install --python .peers -r benchmarks/peers/requirements.txt`,
which `make chaos PEER=celery` does; redis-server is Debian's.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scribe.local.folder import DataFolder, ephemeral_folder
from scribe.local.ports import free_port, refusal
from scribe.local.processes import Child, Program
from scribe.local.servers import EmbeddedPostgres
from scribe.local.stand_ins import StandIns
from scribe.local.supervision import Supervised, keep_alive
from tests.chaos.cell import Cell
from tests.chaos.cells import database, processes, upstreams
from tests.chaos.chaos import WORKERS, Chaos
from tests.chaos.running import Bench
from tests.support.requirements import find_program, lacking
from tests.support.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".peers" / "bin" / "python"
CHAIN = ROOT / "benchmarks" / "peers" / "celery_chain.py"


@dataclass
class Process:
    """A program of the peer, kept alive."""

    program: Program
    port: int = 0
    child: Child | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """For messages."""
        return self.program.name

    async def start(self) -> None:
        """Start it; returns when it listens, where it has a port."""
        self.child = Child(self.program)
        await self.child.start()
        if self.port:
            await eventually(lambda: refusal(self.port) is not None)

    async def wait(self) -> int:
        """Its exit code."""
        return await self.child.wait() if self.child else 0

    async def kill(self) -> None:
        """SIGKILL, to the processes below as well."""
        if self.child:
            self.child.send(signal.SIGTERM)
            await self.child.stop(5.0)


@dataclass
class Peer:
    """PostgreSQL, Redis, the stand-ins and a worker for each step."""

    folder: DataFolder
    postgres: EmbeddedPostgres
    stand_ins: StandIns
    redis: Process
    workers: dict[str, Process] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Of PostgreSQL, as the superuser."""
        return self.postgres.url

    @property
    def upstreams_url(self) -> str:
        """Of the stand-ins."""
        assert self.stand_ins.addresses is not None
        return self.stand_ins.addresses.url

    def child(self, name: str) -> Child:
        """The process of a worker; `nats-server` is Redis here."""
        children = {"PostgreSQL": self.postgres.child, "nats-server": self.redis.child}
        child = children.get(name) or self.workers[name].child
        assert child is not None
        return child

    async def is_ready(self) -> bool:
        """Its broker takes items as soon as it runs."""
        return True

    async def dead_letters(self) -> set[str]:
        """It keeps none."""
        return set()

    @property
    def environment(self) -> Mapping[str, str]:
        """What its processes see."""
        urls = {
            "PEER_REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "PEER_DATABASE_URL": self.database_url,
            "PEER_MODEL_URL": f"{self.upstreams_url}/anthropic",
        }
        return {**os.environ, **urls}

    def command(self, *arguments: str) -> Program:
        """A run of the chain's program."""
        name = arguments[-1]
        return Program(name, (str(PYTHON), str(CHAIN), *arguments), self.environment, self.folder.logs / f"{name}.log")


@dataclass
class Chains:
    """So many chains, sent by a process of their own."""

    peer: Peer
    items: int
    accepted: set[str] = field(default_factory=set)

    async def submit(self) -> None:
        """Send them; their ids are what the process prints."""
        program = self.peer.command("submit", str(self.items))
        process = await asyncio.create_subprocess_exec(
            *program.command, stdout=asyncio.subprocess.PIPE, env=dict(program.environment)
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0
        self.accepted.update(printed.decode().split())


async def kill_redis(chaos: Chaos) -> None:
    """SIGKILL of Redis, three times."""
    for number in range(3):
        await chaos.until(0.2 * number)
        chaos.kill("nats-server")


async def freeze_redis(chaos: Chaos) -> None:
    """A Redis that holds its connections open and answers nothing."""
    await chaos.until(0.2)
    await chaos.freeze(("nats-server",), 30.0)


async def restart_workers(chaos: Chaos) -> None:
    """SIGTERM to every worker, one after the other."""
    for number, name in enumerate(WORKERS):
        await chaos.until(0.1 * number)
        chaos.restart(name)


CELLS = (
    Cell("nothing", processes.nothing, happens=False),
    Cell("workers killed at random", processes.kill_workers),
    Cell("every process restarted (SIGTERM)", restart_workers),
    Cell("workers frozen for 40 s", processes.freeze_workers),
    Cell("nats-server killed", kill_redis),
    Cell("nats-server frozen for 30 s", freeze_redis),
    Cell("PostgreSQL killed every 5 s", database.kill_postgres),
    Cell("PostgreSQL read-only for 15 s", database.read_only_postgres),
    Cell("model: 529 for 40 s", upstreams.model(upstreams.STORM, status=529)),
    Cell("model: hangs for 40 s", upstreams.model(upstreams.STORM, hang=True)),
)
"""Ten cells that mean the same to both; the names are those of this system's cells (its broker is Redis there)."""


@asynccontextmanager
async def running_peer(_cell: Cell, seed: int) -> AsyncIterator[Bench]:
    """The peer, started and kept alive."""
    redis = find_program("redis-server") or lacking("redis-server is not installed (Debian: apt install redis-server)")
    if not PYTHON.exists():
        lacking("the peer's environment is missing: make chaos PEER=celery makes it")
    with ephemeral_folder() as folder:
        port = free_port()
        command = (redis, "--port", str(port), "--dir", str(folder.path), "--appendonly", "yes", "--save", "")
        peer = Peer(
            folder,
            EmbeddedPostgres(folder.postgres, durable=False),
            StandIns(folder.keys, folder.logs / "fakes.log", os.environ),
            Process(Program("redis", command, os.environ, folder.logs / "redis.log"), port),
        )
        async with asyncio.TaskGroup() as tasks:
            keepers: list[asyncio.Task[None]] = []
            servers: tuple[Supervised, ...] = (peer.postgres, peer.stand_ins, peer.redis)
            try:
                for server in servers:
                    await server.start()
                await Chains(peer, 0).submit()
                peer.workers = {name: Process(peer.command("worker", name)) for name in WORKERS}
                for worker in peer.workers.values():
                    await worker.start()
                kept: tuple[Supervised, ...] = (*servers, *peer.workers.values())
                keepers += [tasks.create_task(keep_alive(each, lambda _: None)) for each in kept]
                yield Bench(peer, lambda _cell, items: Chains(peer, items), seed)
            finally:
                for keeper in keepers:
                    keeper.cancel()
                await asyncio.gather(*(worker.kill() for worker in peer.workers.values()))
                await asyncio.gather(peer.redis.kill(), peer.stand_ins.kill(), peer.postgres.kill())
