"""Each image as a cluster runs it: closed, read-only, ready in time, and gone with exit code 0 on SIGTERM."""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import httpx
import pytest

from scribe.common.messaging.streams import MIB
from scribe.local.ports import free_port
from tests.support.requirements import TAG, require_image
from tests.support.servers import execute, nats_environment, with_database
from tests.support.waiting import eventually

GRACE = 20
EARLY = (0.1, 0.2, 0.5, 1.0, 3.0)
"""Seconds after the start of a container, in which Python may not have come to its handlers."""
STARTING = {
    "gateway": (),
    "parser": (),
    "scraper": (),
    "arxiv": (),
    "composer": (),
    "migrations": ("wait",),
    "fakes": (),
}
"""Image: arguments."""
LARGEST = {"gateway": 250, "parser": 250, "arxiv": 250, "composer": 300}
"""Megabytes; 60 of the composer's are numpy, which tells languages apart."""
CLOSED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


def docker(*arguments: str) -> str:
    """What docker prints."""
    return subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=120, check=True
    ).stdout.strip()


@asynccontextmanager
async def container(image: str, *arguments: str, **environment: str) -> AsyncIterator[str]:
    """A container of an image on the host's network; gives its name."""
    name = f"scribe-{image}-{uuid4().hex[:8]}"
    variables = [part for key, value in environment.items() for part in ("--env", f"{key}={value}")]
    options = ("--detach", "--name", name, "--network", "host", "--shm-size", "256m", *CLOSED, *variables)
    await asyncio.to_thread(docker, "run", *options, f"scribe-{image}:{TAG}", *arguments)
    try:
        yield name
    finally:
        await asyncio.to_thread(docker, "rm", "--force", name)


async def is_ready(url: str) -> bool:
    """Whether the probe says so."""
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(url)).status_code == 200
        except httpx.TransportError:
            return False


async def ends_well(name: str) -> None:
    """Stop a container as the kubelet does, and see it end by itself."""
    start = time.monotonic()
    await asyncio.to_thread(docker, "stop", "--time", str(GRACE), name)
    state = json.loads(await asyncio.to_thread(docker, "inspect", "--format", "{{json .State}}", name))
    logs = await asyncio.to_thread(docker, "logs", "--tail", "5", name)
    assert state["ExitCode"] == 0, f"{state['ExitCode']}: {logs}"
    assert time.monotonic() - start < GRACE


@pytest.mark.usefixtures("broker")
@pytest.mark.parametrize("service", ["gateway", "parser", "scraper", "arxiv", "composer"])
async def test_service_becomes_ready_and_ends_on_sigterm(service: str, nats_url: str, database_url: str) -> None:
    require_image(service)
    port, probe_port = free_port(), free_port()
    environment = {
        **nats_environment(nats_url, service),
        "SCRIBE_DATABASE_URL": database_url,
        "SCRIBE_SUPABASE_URL": "https://project.supabase.example",
        "SCRIBE_PORT": str(port),
        "SCRIBE_PROBE_PORT": str(probe_port),
        "SCRIBE_CONCURRENCY": "4",
        "SCRIBE_STEP_CONCURRENCY": "4",
        "ANTHROPIC_API_KEY": "a-key",
        "EXA_API_KEY": "a-key",
        **{f"SCRIBE_{name}_MAX_BYTES": str(8 * MIB) for name in ("PIPELINE", "EVENTS", "DEADLETTER")},
    }
    async with container(service, **environment) as name:
        await eventually(partial(is_ready, f"http://127.0.0.1:{port}/readyz"), timeout=40)
        await ends_well(name)


@pytest.mark.parametrize("image", STARTING)
async def test_container_that_is_stopped_while_it_starts_ends_within_two_seconds(image: str) -> None:
    require_image(image)
    environment = {
        "SCRIBE_NATS_URL": f"nats://127.0.0.1:{free_port()}",
        "SCRIBE_DATABASE_URL": f"postgresql://scribe@127.0.0.1:{free_port()}/scribe",
        "SCRIBE_SUPABASE_URL": "https://project.supabase.example",
        "SCRIBE_PORT": str(free_port()),
        "SCRIBE_PROBE_PORT": str(free_port()),
        "ANTHROPIC_API_KEY": "a-key",
        "EXA_API_KEY": "a-key",
    }
    codes = {delay: await stopped_after(delay, image, *STARTING[image], **environment) for delay in EARLY}
    assert set(codes.values()) <= {0, 143}, codes


async def stopped_after(delay: float, image: str, *arguments: str, **environment: str) -> int:
    """The exit code of a container that is stopped `delay` seconds after its start; 137 where it took more than 2 s."""
    async with container(image, *arguments, **environment) as name:
        await asyncio.sleep(delay)
        await asyncio.to_thread(docker, "stop", "--time", "2", name)
        return int(await asyncio.to_thread(docker, "inspect", "--format", "{{.State.ExitCode}}", name))


async def test_migrations_bring_an_empty_database_up(postgres_url: str) -> None:
    require_image("migrations")
    database = f"image_{uuid4().hex}"
    await execute(postgres_url, f"CREATE DATABASE {database}")
    async with container("migrations", "upgrade", SCRIBE_DATABASE_URL=with_database(postgres_url, database)) as name:
        assert await asyncio.to_thread(docker, "wait", name) == "0"
    await execute(with_database(postgres_url, database), "SELECT id FROM queue_items")
    await execute(postgres_url, f"DROP DATABASE {database} WITH (FORCE)")


async def test_stand_ins_answer_and_end_on_sigterm() -> None:
    require_image("fakes")
    port = free_port()
    async with container("fakes", "--port", str(port)) as name:
        await eventually(partial(is_ready, f"http://127.0.0.1:{port}/web/robots.txt"), timeout=20)
        await ends_well(name)


@pytest.mark.parametrize("image", LARGEST)
def test_image_is_small_and_runs_as_nobody_in_particular(image: str) -> None:
    require_image(image)
    (details,) = json.loads(docker("image", "inspect", f"scribe-{image}:{TAG}"))
    assert details["Size"] <= LARGEST[image] * 1_000_000
    assert details["Config"]["User"] == "10001:10001"
    assert details["Config"]["Labels"]["org.opencontainers.image.title"] == f"Scribe {image}"
