"""`python -m benchmarks.sizing`: what one pod of each step does while the outside world takes its time.

One worker runs after the other, with its default settings, each over what the one before has left in PIPELINE: real
NATS and PostgreSQL, stand-ins that wait as long as `LATENCY` says. Prints the table of README.md. Linux.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import structlog

from benchmarks.load import family, family_cpu_seconds, family_pss_mib
from benchmarks.system import empty_system, is_ready
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.provision import ProvisionSettings, provision
from scribe.common.messaging.publisher import Publisher
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.fakes.server import Fakes
from scribe.local.outside import StandInAddresses, choose, environment_for
from scribe.local.ports import free_port

LATENCY = {
    Step.PARSER: {"/anthropic": 2.0},
    Step.SCRAPER: {"/exa": 4.0, "/web": 0.5, "/anthropic": 4.0},
    Step.COMPOSER: {"/anthropic": 8.0},
}
"""Seconds that a call takes while a step is measured; arxiv, which waits outside, is measured by `campaign`."""
GENERAL = "Dear {{name}},\n\nI read that {{detail}}. Could we talk about {{topic}}?\n\nKind regards"
NEEDS_BROWSER = "Adrian Del Maestro"
PATIENCE = 600.0
INTERVAL = 0.1


@dataclass(frozen=True)
class Measured:
    """One worker's work: e-mails that passed it, seconds, CPU seconds, and its largest memory in MiB."""

    tasks: int
    seconds: float
    cpu: float
    peak: float


async def submit(database: str, broker: Broker, tasks: int) -> None:
    """Tasks of one user wait for the parser; every fifth needs a browser."""
    publisher = Publisher(broker)
    user = uuid4()
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("INSERT INTO users (id, email) VALUES ($1, 'sizing@example.org')", user)
        for number in range(tasks):
            data = _task(user, number)
            await connection.execute(
                "INSERT INTO queue_items (id, user_id, recipient_name, recipient_interest, email_template, status)"
                " VALUES ($1, $2, $3, $4, $5, 'processing')",
                *(data.task_id, user, data.recipient_name, data.recipient_interest, data.email_template),
            )
            await publisher.transition(data, progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC)))
    finally:
        await connection.close()


def _task(user: UUID, number: int) -> PipelineData:
    return PipelineData(
        task_id=uuid4(),
        user_id=user,
        submitted_at=datetime.now(UTC),
        email_template=GENERAL,
        recipient_name=NEEDS_BROWSER if number % 5 == 0 else f"Ada Example {number}",
        recipient_interest=f"quantum fluids {number}",
    )


@asynccontextmanager
async def worker(step: Step, database: str, nats: str, world: Fakes) -> AsyncIterator[int]:
    """`python -m scribe.<step>`, ready; gives its process id."""
    port = free_port()
    addresses = StandInAddresses.model_validate(world.addresses())
    outside = environment_for(choose({}), addresses, {})
    own = {"SCRIBE_DATABASE_URL": database, "SCRIBE_NATS_URL": nats, "SCRIBE_HOST": "127.0.0.1"}
    environment = {**os.environ, **outside, **own, "SCRIBE_PORT": str(port)}
    command = (sys.executable, "-m", f"scribe.{step}")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        while not await is_ready(port):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(INTERVAL)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def unfinished(broker: Broker, step: Step) -> int:
    """Tasks that a step has not passed on yet."""
    info = await broker.js.consumer_info("PIPELINE", step)
    return (info.num_pending or 0) + (info.num_ack_pending or 0)


async def measure(step: Step, database: str, nats: str, world: Fakes, broker: Broker) -> Measured:
    """Run one worker until nothing waits for its step."""
    world.controls.reset()
    for path, seconds in LATENCY[step].items():
        world.controls.add(path=path, latency=seconds)
    tasks = await unfinished(broker, step)
    async with worker(step, database, nats, world) as pid, asyncio.timeout(PATIENCE):
        start, cpu, peak = time.perf_counter(), family_cpu_seconds(family(pid)), 0.0
        while await unfinished(broker, step):
            peak = max(peak, family_pss_mib(family(pid)))
            await asyncio.sleep(INTERVAL)
        return Measured(tasks, time.perf_counter() - start, family_cpu_seconds(family(pid)) - cpu, peak)


def report(step: Step, found: Measured) -> None:
    """One row of the table."""
    rate = found.tasks / found.seconds * 60
    waits = ", ".join(f"{path[1:]} {seconds:g} s" for path, seconds in LATENCY[step].items())
    print(
        f"| {step} | {waits} | {found.tasks} in {found.seconds:.0f} s | {rate:.0f} | {found.peak:.0f} MiB"
        f" | {rate / found.peak * 1024:.0f} | {found.cpu / found.tasks * 1000:.0f} ms |",
        flush=True,
    )


async def main(options: argparse.Namespace) -> None:
    """The steps of `LATENCY`, in their order."""
    log = structlog.get_logger()
    print("| step | a call takes | e-mails | a minute | peak of memory | a minute per GiB | CPU per e-mail |")
    print("|---|---|---|---|---|---|---|")
    async with empty_system() as (database, nats, world):
        settings = ProvisionSettings(nats_url=nats)
        async with connect(settings, "sizing", log) as broker:
            await provision(broker, settings)
            await submit(database, broker, options.tasks)
            for step in LATENCY:
                report(step, await measure(step, database, nats, world, broker))
            info = await broker.js.stream_info("DEADLETTER")
            assert info.state.messages == 0, "a step has given tasks up"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=120)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    asyncio.run(main(parser.parse_args()))
