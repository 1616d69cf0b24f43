"""A container that still waits for its servers ends on SIGTERM, instead of at the end of its grace."""

import asyncio
import os
import sys

import pytest

from tests.support.deadlines import within

WAITING = {
    "scribe.gateway": 0,
    "scribe.parser": 0,
    "scribe.composer": 0,
    "scribe.common.messaging.provision": 143,
    "scribe.migrations wait": 143,
}
"""Command: exit code. A Job that is stopped is not done."""


@pytest.mark.parametrize("command", WAITING)
async def test_process_that_waits_for_a_server_ends_on_sigterm(command: str) -> None:
    reached = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read(-1)
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        environment = {
            "SCRIBE_NATS_URL": f"nats://{address}",
            "SCRIBE_DATABASE_URL": f"postgresql://scribe@{address}/scribe",
            "SCRIBE_SUPABASE_URL": "https://project.supabase.example",
            "ANTHROPIC_API_KEY": "a-key",
            "SCRIBE_PORT": "0",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *command.split(), env={**os.environ, **environment}
        )
        async with within(60):
            await reached.wait()
            process.terminate()
            assert await process.wait() == WAITING[command]
