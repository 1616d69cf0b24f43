"""A server on loopback for the tests of the proxy, and a guard that lets it be reached."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from scribe.common.http.guard import UrlGuard

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello"


@dataclass
class Origin:
    """A server on loopback with one answer; keeps what it was asked and counts open connections."""

    answer: bytes = HELLO
    hang: bool = False
    requests: list[bytes] = field(default_factory=list)
    open: int = 0
    port: int = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests.append(head)
                writer.write(self.answer)
                await writer.drain()
                while self.hang and await reader.read(1):
                    pass
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.open -= 1
            writer.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Origin"]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


def allowing(origin: Origin, *hosts: str) -> UrlGuard:
    """A guard for which these hosts lead to the origin, and others into a private network."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        del port
        return ["127.0.0.1"] if host in (*hosts, "127.0.0.1") else ["10.0.0.1"]

    return UrlGuard(frozenset((host, origin.port) for host in (*hosts, "127.0.0.1")), resolve)
