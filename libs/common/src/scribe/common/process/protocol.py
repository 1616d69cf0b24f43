"""HTTP/1.1 as uvicorn speaks it, with bounds on what a stranger can make a process hold or wait for.

uvicorn reads a head of any size before the application sees it, waits for it as long as it takes, and takes any number
of connections.
"""

import asyncio
import json
from asyncio.events import TimerHandle
from dataclasses import dataclass
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


def _problem(status: HTTPStatus, sentence: str) -> bytes:
    """An answer of RFC 9457, for what comes before the application."""
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": sentence,
        "message": sentence,
    }
    body = json.dumps(document).encode()
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    ).encode() + body


TOO_LARGE = _problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request is too large.")
LATE = _problem(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")
MAX_READ = 256 * 1024
"""Bytes that asyncio and uvloop read from a connection at once."""


@dataclass(frozen=True)
class Bounds:
    """Bounds of one process; sizes in bytes, times in seconds.

    A head larger than `head_bytes` is refused. A head, and a body after it, may take `head_timeout` and `body_timeout`
    from their first to their last byte; the body's clock stands still while the application does not read. Beyond
    `connections` a new connection is closed at once.
    """

    head_bytes: int = 32 * 1024
    head_timeout: float = 10.0
    body_timeout: float = 60.0
    connections: int = 2048


class BoundedProtocol(HttpToolsProtocol):
    """One connection. `bounds` is set by the subclass that `bounded` makes."""

    bounds = Bounds()
    _in_head = True
    _received = 0
    """Bytes of the head so far; once it is complete, of what follows it."""
    _body = 0
    _clock: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.bounds.connections:
            transport.abort()
        else:
            self._start_clock(self.bounds.head_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock of a connection that has ended."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived. A read brings 256 kB at most, so counting after it bounds what is held."""
        if self._in_head and self._clock is None:
            self._start_clock(self.bounds.head_timeout)
        self._received += len(data)
        super().data_received(data)
        # Chunks of one byte are six bytes long; what is more than that is trailers and extensions of chunks.
        wanted = 0 if self._in_head else MAX_READ + 6 * self._body
        if self._received > self.bounds.head_bytes + wanted:
            self._refuse(TOO_LARGE)

    def on_headers_complete(self) -> None:
        """Begin the request, unless its head is too large, or came after something that was refused."""
        if self.transport.is_closing():
            return
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.bounds.head_bytes:
            self._refuse(TOO_LARGE)
            return
        self._in_head, self._received, self._body = False, 0, 0
        self._start_clock(self.bounds.body_timeout)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        if not self._in_head:
            self._body += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request; the next head may come."""
        if self._in_head:
            return
        self._stop_clock()
        self._in_head, self._received = True, 0
        super().on_message_complete()

    def _start_clock(self, seconds: float) -> None:
        self._stop_clock()
        self._clock = self.loop.call_later(seconds, self._on_time_up)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _on_time_up(self) -> None:
        if not self._in_head and self.flow.read_paused:
            self._start_clock(self.bounds.body_timeout)
            return
        self._refuse(LATE if self._received else b"")

    @property
    def _is_answering(self) -> bool:
        # uvicorn declares no request, None at first, as if there were always one.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _refuse(self, answer: bytes) -> None:
        """Answer, where no answer has begun, and close the connection."""
        self._stop_clock()
        if self.transport.is_closing():
            return
        if not self._is_answering:
            self.transport.write(answer)
        self.transport.close()


def bounded(bounds: Bounds) -> type[BoundedProtocol]:
    """The protocol with these bounds, as uvicorn wants it: a class that it makes for each connection."""
    return type("Bounded", (BoundedProtocol,), {"bounds": bounds})
