"""A TCP proxy before one server: what passes can be delayed, held, cut, or looked at byte by byte."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Protocol

CHUNK = 64 * 1024
MAX_ON_THE_WAY = 1024
"""Pieces of one direction that have been read and wait for their time."""


class CutError(Exception):
    """Raised by a tap: both ends of its connection are reset."""


class Tap(Protocol):
    """What looks at one connection. Each method gives the bytes that go on; none holds them back or drops them."""

    def sent(self, data: bytes) -> bytes:
        """From the client. Raises CutError."""

    def received(self, data: bytes) -> bytes:
        """From the server. Raises CutError."""


class Untouched:
    """Lets everything pass."""

    def sent(self, data: bytes) -> bytes:
        """As it is."""
        return data

    def received(self, data: bytes) -> bytes:
        """As it is."""
        return data


class TcpProxy:
    """Listens on `port` of 127.0.0.1; `target` gives the server's port at each connection.

    `latency` are seconds that each piece of data waits, in each direction. `counts` says how many pieces were delayed
    or held, and how many connections were cut.
    """

    def __init__(self, target: Callable[[], int], tap: Callable[[], Tap] = Untouched) -> None:
        self._target = target
        self._tap = tap
        self._passes = asyncio.Event()
        self._passes.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.latency = 0.0
        self.counts: Counter[str] = Counter()
        self.port = 0

    def hold(self) -> None:
        """Let nothing pass, and close nothing: both ends see a peer that says nothing any more."""
        self._passes.clear()

    def release(self) -> None:
        """Let everything pass again, what was held first."""
        self._passes.set()

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        self.counts["connections cut"] += len(self._writers) // 2
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either end closes it."""
        await self._passes.wait()
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target())
        except OSError:
            writer.transport.abort()
            return
        tap, ends = self._tap(), {writer, server_writer}
        self._writers |= ends
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pump(reader, server_writer, tap.sent))
                tasks.create_task(self._pump(server_reader, writer, tap.received))
        except* (CutError, OSError):
            pass
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, look: Callable[[bytes], bytes]
    ) -> None:
        """One direction: pieces wait side by side, so that a delay does not limit how much passes."""
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MAX_ON_THE_WAY)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._take(reader, line))
            tasks.create_task(self._give(line, writer, look))

    async def _take(self, reader: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]) -> None:
        """Put each piece on the line with the time at which it arrives; the last is empty."""
        data = b"begin"
        while data:
            data = await reader.read(CHUNK)
            self.counts["pieces delayed"] += bool(self.latency and data)
            await line.put((time.monotonic() + self.latency, data))
            await self._passes.wait()

    async def _give(
        self, line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, look: Callable[[bytes], bytes]
    ) -> None:
        while (piece := await line.get())[1]:
            at, data = piece
            if (wait := at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self.counts["pieces held"] += not self._passes.is_set()
            await self._passes.wait()
            writer.write(look(data))
            await writer.drain()
        # The other direction may still have something to say, as after an HTTP request that was half-closed.
        with suppress(OSError, RuntimeError):
            writer.write_eof()


@asynccontextmanager
async def running_proxy(target: Callable[[], int], tap: Callable[[], Tap] = Untouched) -> AsyncIterator[TcpProxy]:
    """A proxy that listens while the block runs."""
    proxy = TcpProxy(target, tap)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.release()
        proxy.cut()
