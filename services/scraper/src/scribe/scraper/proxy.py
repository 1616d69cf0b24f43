"""A forward proxy on loopback, one for each page, through which alone Chromium reaches the network.

Whatever makes a connection (the page, a redirect, a frame, a worker, a WebSocket), the guard resolves its host here and
the connection goes to the address that was checked. Chromium itself resolves no names. All that a page loads is counted
against one budget; when it is spent, or the page is done, every connection ends.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import h11

from scribe.common.errors import WorkError
from scribe.common.http.guard import RefusedUrlError, UnresolvedHostError, UrlGuard
from scribe.scraper.http_messages import (
    CHUNK,
    MalformedError,
    Side,
    asking_side,
    body_of,
    closing,
    read_request,
    read_response,
    serving_side,
)

HEAD_TIMEOUT = 10.0
CONNECT_TIMEOUT = 5.0
MAX_CONNECTIONS = 48
MAX_PORT = 65535


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

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=CHUNK)
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
        self._near = serving_side(reader, writer)
        self._answering = False

    async def handle(self) -> None:
        """Serve it to its end; faults end it quietly, since the other side sees them as network errors."""
        try:
            async with asyncio.timeout(HEAD_TIMEOUT):
                request = await _understood(self._near)
            await self._serve(request)
        except RefusedUrlError:
            self._proxy.refused += 1
            await self._answer("403 Forbidden")
        except (UnresolvedHostError, MalformedError):
            await self._answer("502 Bad Gateway")
        except (OSError, SpentError, WorkError):
            pass
        finally:
            self._near.writer.close()

    async def _serve(self, request: h11.Request) -> None:
        self._near.spend = self._proxy.budget.spend
        target = request.target.decode("ascii", errors="replace")
        if request.method == b"CONNECT":
            await self._tunnel(target)
        else:
            await self._forward(request, target)

    async def _tunnel(self, target: str) -> None:
        host, port = _host_and_port(target)
        addresses = await self._guard.addresses(host, port)
        async with _connected(addresses, port) as (far, to_far):
            await self._near.send(h11.Response(status_code=200, headers=[], reason=b"Connection established"))
            self._answering = True
            early, _ = self._near.protocol.trailing_data
            to_far.write(early)
            spend = self._proxy.budget.spend
            await _either(_pump(self._near.reader, to_far, spend), _pump(far, self._near.writer, spend))

    async def _forward(self, request: h11.Request, target: str) -> None:
        """One plain HTTP request, and no second one: the next may be for another host, and is checked anew."""
        checked = await self._guard.check(target)
        if not target.lower().startswith("http://"):
            raise RefusedUrlError("only plain requests are forwarded; others are tunnelled")
        authority, _, path = target.split("//", 1)[1].partition("/")
        headers = [(b"Host", authority.encode()), *closing(request.headers, b"host")]
        async with _connected(checked.addresses, checked.port) as connection:
            far = asking_side(*connection, self._proxy.budget.spend)
            await far.send(h11.Request(method=request.method, target=f"/{path}", headers=headers))
            await _either(self._send_body(far), self._respond(far))

    async def _send_body(self, far: Side) -> None:
        """Pass on the request's body, and then nothing more until Chromium hangs up."""
        async for part in body_of(self._near):
            await far.send(h11.Data(data=bytes(part.data)))
        await far.send(h11.EndOfMessage())
        while await self._near.reader.read(CHUNK):
            pass

    async def _respond(self, far: Side) -> None:
        async with asyncio.timeout(HEAD_TIMEOUT * 3):
            response = await read_response(far)
        self._answering = True
        await self._near.send(
            h11.Response(status_code=response.status_code, reason=response.reason, headers=closing(response.headers))
        )
        async for part in body_of(far):
            await self._near.send(h11.Data(data=bytes(part.data)))
        await self._near.send(h11.EndOfMessage())

    async def _answer(self, status: str) -> None:
        if self._answering:
            return
        with suppress(OSError):
            self._near.writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await self._near.writer.drain()


async def _understood(near: Side) -> h11.Request:
    try:
        return await read_request(near)
    except MalformedError as error:
        raise RefusedUrlError("a request that is not understood") from error


def _host_and_port(target: str) -> tuple[str, int]:
    """The two parts of a tunnel's target.

    Raises:
        RefusedUrlError: it has others.
    """
    host, _, port = target.rpartition(":")
    if not (port.isascii() and port.isdigit() and len(port) <= len(str(MAX_PORT)) and int(port) <= MAX_PORT):
        raise RefusedUrlError("the tunnel's target is malformed")
    return host.strip("[]"), int(port)


@asynccontextmanager
async def _connected(
    addresses: tuple[str, ...], port: int
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await _connect(addresses, port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _connect(addresses: tuple[str, ...], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first address that accepts one."""
    for address in addresses[:-1]:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(CONNECT_TIMEOUT):
                return await asyncio.open_connection(address, port, limit=CHUNK)
    async with asyncio.timeout(CONNECT_TIMEOUT):
        return await asyncio.open_connection(addresses[-1], port, limit=CHUNK)


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
