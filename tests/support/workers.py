"""Workers as they run in production: processes, stopped by SIGTERM at the end of a block."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scribe.common.messaging.streams import MIB
from tests.support.deadlines import within
from tests.support.servers import nats_environment

STOP_TIMEOUT = 30.0


@asynccontextmanager
async def worker_process(module: str, nats_url: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A real `python -m <module>` on a free port, for the streams of the `broker` fixture."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        env={
            **os.environ,
            **nats_environment(nats_url, module.rpartition(".")[2]),
            "SCRIBE_PIPELINE_MAX_BYTES": str(8 * MIB),
            "SCRIBE_EVENTS_MAX_BYTES": str(8 * MIB),
            "SCRIBE_DEADLETTER_MAX_BYTES": str(8 * MIB),
            "SCRIBE_CONCURRENCY": "4",
            "SCRIBE_HOST": "127.0.0.1",
            "SCRIBE_PORT": "0",
            **environment,
        },
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        async with within(STOP_TIMEOUT):
            await process.wait()
