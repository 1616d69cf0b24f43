"""The text of a page, worked out in a process of its own: a thread cannot be ended, and a page may take for ever.

`python -m scribe.scraper.extractor` takes snapshots on stdin, one a line as JSON, and answers each with its text. It
sees nothing of the worker's environment, opens no file for writing, and ends with its parent.
"""

import asyncio
import json
import resource
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from pydantic import ValidationError

from scribe.scraper.extraction import MAX_HTML, Snapshot, readable_text

EXTRACTION_TIMEOUT = 10.0
START_TIMEOUT = 60.0
MAX_LINE = 12 * MAX_HTML
"""Bytes of an answer: six a character where JSON escapes it, twice over."""
MEMORY = 1024 * 1024 * 1024
READY = b"ready\n"


class ExtractionError(Exception):
    """The text could not be extracted: the process ended, or did not answer in time."""


class Extractor:
    """The processes that are idle. As many are started as are used at once; one that is late is killed."""

    def __init__(self, timeout: float = EXTRACTION_TIMEOUT) -> None:
        self._timeout = timeout
        self._idle: list[Process] = []

    async def text_of(self, snapshot: Snapshot) -> str:
        """The readable text of a page.

        Raises:
            ExtractionError: its process ended, or was late and is killed.
        """
        try:
            process = self._idle.pop() if self._idle else await self._started()
        except (TimeoutError, OSError) as error:
            raise ExtractionError(type(error).__name__) from error
        try:
            async with asyncio.timeout(self._timeout):
                answer = await _ask(process, snapshot.model_dump_json().encode() + b"\n")
                text = str(json.loads(answer))
        except (TimeoutError, OSError, ValueError) as error:
            raise ExtractionError(type(error).__name__) from error
        else:
            self._idle.append(process)
        finally:
            if process not in self._idle:
                await _kill(process)
        return text

    async def _started(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, limit=MAX_LINE
        )
        is_ready = False
        try:
            async with asyncio.timeout(START_TIMEOUT):
                is_ready = process.stdout is not None and await process.stdout.readline() == READY
        finally:
            if not is_ready:
                await _kill(process)
        if not is_ready:
            raise ExtractionError("it did not start")
        return process

    async def close(self) -> None:
        """End what is idle."""
        while self._idle:
            await _kill(self._idle.pop())


@asynccontextmanager
async def open_extractor() -> AsyncIterator[Extractor]:
    """An extractor, whose processes end with the block."""
    extractor = Extractor()
    try:
        yield extractor
    finally:
        await extractor.close()


async def _ask(process: Process, line: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise OSError("the process has no pipes")
    process.stdin.write(line)
    await process.stdin.drain()
    return await process.stdout.readline()


async def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main() -> None:
    """Answer until stdin ends; an alarm ends the process where a page takes too long and nobody is left to kill it."""
    _limit_resources()
    readable_text(Snapshot(title="", html="<p>What the first page would otherwise wait for.</p>", text=""))
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    for line in sys.stdin.buffer:
        signal.alarm(int(2 * EXTRACTION_TIMEOUT))
        try:
            text = readable_text(Snapshot.model_validate_json(line))
        except (ValidationError, RecursionError, MemoryError):
            text = ""
        signal.alarm(0)
        sys.stdout.buffer.write(json.dumps(text).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main()
