"""A forward proxy on loopback, one for each page, through which alone Chromium reaches the network.

Whatever makes a connection (the page, a redirect, a frame, a worker, a WebSocket), the guard resolves its host here and
the connection goes to the address that was checked. Chromium itself resolves no names. All that a page loads is counted
against one budget; when it is spent, or the page is done, every connection ends.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from scribe.common.errors import WorkError
from scribe.common.http.guard import RefusedUrlError, UnresolvedHostError, UrlGuard

HEAD_LIMIT = 64 * 1024
HEAD_TIMEOUT = 10.0
CONNECT_TIMEOUT = 5.0
CHUNK = 64 * 1024
MAX_CONNECTIONS = 48

_HOP_BY_HOP = (b"connection:", b"proxy-connection:", b"proxy-authorization:", b"keep-alive:", b"upgrade:", b"te:")


class SpentError(Exception):
    """The page has loaded all that it may."""


@dataclass
class Budget:
    """Bytes that a page may still load, and what to do when they are spent."""

    remaining: int
    when_spent: Callable[[], None] = lambda: None

    def spend(self, count: int) -> None:
        """Take `count` bytes.

        Raises:
            SpentError: that is more than there are left.
        """
        self.remaining -= count
        if self.remaining < 0:
            self.when_spent()
            raise SpentError


@dataclass
class Proxy:
    """A proxy that is listening. `refused` counts the connections that the guard did not allow."""

    url: str
    budget: Budget
    refused: int = 0


@asynccontextmanager
async def guarded_proxy(guard: UrlGuard, max_bytes: int) -> AsyncIterator[Proxy]:
    """Listen on a free port of loopback until the end of the block; then every connection is closed."""
    handling: set[asyncio.Task[None]] = set()
    proxy = Proxy("", Budget(max_bytes))

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(handling) >= MAX_CONNECTIONS:
            writer.close()
            return
        task = asyncio.create_task(_Connection(guard, proxy, reader, writer).handle())
        handling.add(task)
        task.add_done_callback(handling.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=HEAD_LIMIT)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for task in tuple(handling):
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)


class _Connection:
    """One connection from Chromium: a tunnel, or one plain request."""

    def __init__(
        self, guard: UrlGuard, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._guard = guard
        self._proxy = proxy
        self._reader = reader
        self._writer = writer

    async def handle(self) -> None:
        """Serve it to its end; faults end it quietly, since the other side sees them as network errors."""
        try:
            async with asyncio.timeout(HEAD_TIMEOUT):
                head = await self._reader.readuntil(b"\r\n\r\n")
            await self._serve(head)
        except RefusedUrlError:
            self._proxy.refused += 1
            await self._answer("403 Forbidden")
        except UnresolvedHostError:
            await self._answer("502 Bad Gateway")
        except (OSError, SpentError, WorkError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._writer.close()

    async def _serve(self, head: bytes) -> None:
        line, _, headers = head.partition(b"\r\n")
        method, _, rest = line.decode("latin-1").partition(" ")
        target = rest.rpartition(" ")[0]
        if method == "CONNECT":
            await self._tunnel(target)
        else:
            await self._forward(method, target, headers)

    async def _tunnel(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        if not port.isascii() or not port.isdigit():
            raise RefusedUrlError("the tunnel's target is malformed")
        async with self._connected(await self._guard.addresses(host.strip("[]"), int(port)), int(port)) as (
            far,
            to_far,
        ):
            self._writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await _either(
                _pump(self._reader, to_far, self._proxy.budget.spend),
                _pump(far, self._writer, self._proxy.budget.spend),
            )

    async def _forward(self, method: str, target: str, headers: bytes) -> None:
        """One plain HTTP request, and no second one: the next may be for another host, and is checked anew."""
        checked = await self._guard.check(target)
        if not target.lower().startswith("http://"):
            raise RefusedUrlError("only plain requests are forwarded; others are tunnelled")
        length = _length(headers)
        path = "/" + target.split("//", 1)[1].partition("/")[2]
        async with self._connected(checked.addresses, checked.port) as (far, to_far):
            to_far.write(f"{method} {path} HTTP/1.1\r\n".encode("latin-1") + _closing(headers))
            await _either(self._send_body(to_far, length), self._respond(far))

    async def _send_body(self, to_far: asyncio.StreamWriter, length: int) -> None:
        """Pass on the request's body, and then nothing more until Chromium hangs up."""
        while length and (chunk := await self._reader.read(min(length, CHUNK))):
            self._proxy.budget.spend(len(chunk))
            to_far.write(chunk)
            await to_far.drain()
            length -= len(chunk)
        while await self._reader.read(CHUNK):
            pass

    async def _respond(self, far: asyncio.StreamReader) -> None:
        async with asyncio.timeout(HEAD_TIMEOUT * 3):
            head = await far.readuntil(b"\r\n\r\n")
        line, _, headers = head.partition(b"\r\n")
        self._proxy.budget.spend(len(head))
        self._writer.write(line + b"\r\n" + _closing(headers))
        await _pump(far, self._writer, self._proxy.budget.spend)

    @asynccontextmanager
    async def _connected(
        self, addresses: tuple[str, ...], port: int
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await _connect(addresses, port)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def _answer(self, status: str) -> None:
        with suppress(OSError):
            self._writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await self._writer.drain()


async def _connect(addresses: tuple[str, ...], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first address that accepts one."""
    for address in addresses[:-1]:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(CONNECT_TIMEOUT):
                return await asyncio.open_connection(address, port, limit=HEAD_LIMIT)
    async with asyncio.timeout(CONNECT_TIMEOUT):
        return await asyncio.open_connection(addresses[-1], port, limit=HEAD_LIMIT)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, spend: Callable[[int], None]) -> None:
    while chunk := await reader.read(CHUNK):
        spend(len(chunk))
        writer.write(chunk)
        await writer.drain()


async def _either(*ways: Coroutine[None, None, None]) -> None:
    """Both directions at once; the first to end ends the other."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _closing(headers: bytes) -> bytes:
    """The header block, with the connection to be closed after one exchange."""
    lines = [line for line in headers.split(b"\r\n") if line and not line.lower().startswith(_HOP_BY_HOP)]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _length(headers: bytes) -> int:
    """The length of a request's body.

    Raises:
        RefusedUrlError: it is not told in advance.
    """
    for line in headers.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"transfer-encoding":
            raise RefusedUrlError("a body of unknown length is not forwarded")
        if name == b"content-length":
            return int(value) if value.strip().isdigit() else 0
    return 0
