"""HTTP/1.1 heads and bodies on the proxy's connections: parsed by h11, and more strictly than it does by itself.

What two parsers could read differently is refused: a line that ends with LF alone, a folded line, a second
Content-Length, a body whose length is not told in advance.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

import h11

MAX_HEAD = 64 * 1024
CHUNK = 64 * 1024
Headers = list[tuple[bytes, bytes]]

_AMBIGUOUS = re.compile(rb"(?<!\r)\n|\r(?!\n)|\r\n[ \t]")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length:")
_ONE_CONNECTION_ONLY = frozenset(
    {
        b"connection",
        b"proxy-connection",
        b"proxy-authorization",
        b"keep-alive",
        b"upgrade",
        b"te",
        b"expect",
        b"trailer",
    }
)


class MalformedError(Exception):
    """A message that is not HTTP, or can be parsed in two ways."""


@dataclass
class Side:
    """One end of an exchange: the bytes of a connection, and h11's view of them. `spend` counts what is read."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: h11.Connection
    spend: Callable[[int], None] = lambda _count: None
    raw: bytearray | None = None
    """The raw bytes of a head while it is being read; None otherwise."""

    async def event(self) -> h11.Event:
        """The next part of a message.

        Raises:
            MalformedError: it is none. OSError: the connection broke.
        """
        try:
            while (event := self.protocol.next_event()) is h11.NEED_DATA:
                chunk = await self.reader.read(CHUNK)
                self.spend(len(chunk))
                if self.raw is not None:
                    self.raw += chunk
                self.protocol.receive_data(chunk)
        except h11.RemoteProtocolError as error:
            raise MalformedError(str(error)) from None
        if not isinstance(event, h11.Event) or isinstance(event, h11.ConnectionClosed):
            raise MalformedError("the connection ended within a message")
        return event

    async def send(self, event: h11.Event) -> None:
        """Write a part of a message.

        Raises:
            MalformedError: it does not fit what was sent before it.
        """
        try:
            data = self.protocol.send(event)
        except h11.LocalProtocolError as error:
            raise MalformedError(str(error)) from None
        if data:
            self.writer.write(data)
            await self.writer.drain()


def serving_side(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Side:
    """The side of Chromium, whose requests are read."""
    return Side(reader, writer, h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD))


def asking_side(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, spend: Callable[[int], None]) -> Side:
    """The side of the origin, whose answer is read."""
    return Side(reader, writer, h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD), spend)


async def read_request(side: Side) -> h11.Request:
    """The head of a request.

    Raises:
        MalformedError: it is none, or can be read in two ways.
    """
    side.raw = bytearray()
    request = await side.event()
    head, end, _ = bytes(side.raw).partition(b"\r\n\r\n")
    side.raw = None
    if not isinstance(request, h11.Request) or not end or _AMBIGUOUS.search(head):
        raise MalformedError("a line that ends or goes on in another way")
    if len(_LENGTH.findall(head)) > 1 or any(name == b"transfer-encoding" for name, _ in request.headers):
        raise MalformedError("a body whose length is not told once and in advance")
    return request


async def read_response(side: Side) -> h11.Response:
    """The head of the answer; those that only say that one will come are passed over.

    Raises:
        MalformedError: it is none.
    """
    while isinstance(event := await side.event(), h11.InformationalResponse):
        continue
    if not isinstance(event, h11.Response):
        raise MalformedError("no answer")
    return event


async def body_of(side: Side) -> AsyncIterator[h11.Data]:
    """The parts of a message's body, to its end.

    Raises:
        MalformedError: it does not come to an end as it should.
    """
    while isinstance(event := await side.event(), h11.Data):
        yield event


def closing(headers: Iterable[tuple[bytes, bytes]], *without: bytes) -> Headers:
    """The headers for the other connection, which is closed after one exchange."""
    named = {token.strip().lower() for name, value in headers if name == b"connection" for token in value.split(b",")}
    dropped = _ONE_CONNECTION_ONLY | named | set(without)
    return [*((name, value) for name, value in headers if name not in dropped), (b"Connection", b"close")]
