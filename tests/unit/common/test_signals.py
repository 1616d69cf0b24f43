"""A container that starts or waits for its servers ends on SIGTERM, instead of at the end of its grace."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.deadlines import within
from tests.support.waiting import eventually

COMMANDS = {
    "scribe.gateway": 0,
    "scribe.parser": 0,
    "scribe.scraper": 0,
    "scribe.arxiv": 0,
    "scribe.composer": 0,
    "scribe.common.messaging.provision": 143,
    "scribe.migrations wait": 143,
}
"""Command: exit code. A Job that is stopped is not done."""
DELAYS = (0.0, 0.1)
"""Seconds after the handler is set; the imports are under way."""


class SilentServer:
    """Accepts connections and never answers, as NATS or PostgreSQL in the middle of their start."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.address = ""

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reached.set()
        await reader.read(-1)
        writer.close()


@asynccontextmanager
async def starting(command: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, SilentServer]]:
    """The process of `command`, whose servers do not answer."""
    silent = SilentServer()
    async with await asyncio.start_server(silent.accept, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        environment = {
            "SCRIBE_NATS_URL": f"nats://{address}",
            "SCRIBE_DATABASE_URL": f"postgresql://scribe@{address}/scribe",
            "SCRIBE_SUPABASE_URL": "https://project.supabase.example",
            "ANTHROPIC_API_KEY": "a-key",
            "EXA_API_KEY": "a-key",
            "SCRIBE_PORT": "0",
            "SCRIBE_PROBE_PORT": "0",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *command.split(), env={**os.environ, **environment}
        )
        try:
            yield process, silent
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether the process has a handler for the signal: without one, process 1 of a container never gets it."""
    (caught,) = (
        line.split()[1] for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt")
    )
    return bool(int(caught, 16) >> (number - 1) & 1)


async def test_the_stand_ins_end_on_sigterm_while_they_start() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "scribe.fakes")
    await eventually(lambda: catches(process.pid, signal.SIGTERM))
    process.terminate()
    async with within(2):
        assert await process.wait() == 0


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("command", COMMANDS)
async def test_process_ends_on_sigterm_while_it_starts(command: str, delay: float) -> None:
    async with starting(command) as (process, _):
        await eventually(lambda: catches(process.pid, signal.SIGTERM))
        await asyncio.wait({asyncio.create_task(process.wait())}, timeout=delay)
        assert process.returncode is None, "it ended by itself"
        process.terminate()
        async with within(2):
            assert await process.wait() == COMMANDS[command]


@pytest.mark.parametrize("command", COMMANDS)
async def test_process_that_waits_for_a_server_ends_on_sigterm(command: str) -> None:
    async with starting(command) as (process, silent):
        async with within(60):
            await silent.reached.wait()
        process.terminate()
        async with within(2):
            assert await process.wait() == COMMANDS[command]


STOP_AT_SIGNALS = """
import importlib.abc, sys

class Stop(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "scribe.common.process.signals":
            print(*sys.modules)
            sys.exit()

sys.meta_path.insert(0, Stop())
import {module}
"""
"""Prints what is imported when a module asks for the handlers of signals; prints nothing when it never does."""


@pytest.mark.parametrize("command", COMMANDS)
def test_handler_is_set_before_libraries_are_imported(command: str) -> None:
    module = command.split(maxsplit=1)[0]
    module = module if module.endswith(".provision") else f"{module}.__main__"
    script = STOP_AT_SIGNALS.format(module=module)
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert module in ran.stdout.split()
    assert not {"asyncio", "pydantic", "scribe.common.settings"} & set(ran.stdout.split())
