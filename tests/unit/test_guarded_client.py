"""The guarded client: a connection goes where the check said, and reads no more than it is allowed to."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trustme

from scribe.common.http.guard import (
    GuardSettings,
    RefusedUrlError,
    UnresolvedHostError,
    UrlGuard,
    guarded_client,
)
from tests.support.resolving import PUBLIC, Names


class Origin:
    """A small HTTP server on loopback that answers every request alike and keeps what it was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[str] = []
        self.port = 0
        self.stays_open = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer)
        await writer.drain()
        if self.stays_open:
            await reader.read()
        writer.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Origin"]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"


def _redirect(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def _client(guard: UrlGuard) -> httpx.AsyncClient:
    return guarded_client(guard, timeout=5, user_agent="test")


async def test_the_connection_goes_to_the_checked_address_under_the_hosts_name() -> None:
    async with Origin(OK).serving() as origin:
        guard = UrlGuard(frozenset({("pages.example", origin.port)}), Names(pages_example=["127.0.0.1"]))
        async with _client(guard) as client:
            response = await client.get(f"http://pages.example:{origin.port}/a")
    assert response.text == "hi"
    assert f"Host: pages.example:{origin.port}" in origin.requests[0]
    assert str(response.url) == f"http://pages.example:{origin.port}/a"


async def test_a_name_is_resolved_once_for_each_request_so_a_changing_answer_leads_nowhere_else() -> None:
    async with Origin(OK).serving() as origin:
        names = Names(rebind_example=["127.0.0.1", "10.0.0.1"])
        guard = UrlGuard(frozenset({("rebind.example", origin.port)}), names)
        async with _client(guard) as client:
            response = await client.get(f"http://rebind.example:{origin.port}/")
    assert response.status_code == 200
    assert names.asked == ["rebind.example"]


async def test_a_name_that_turns_private_is_refused_at_the_next_request() -> None:
    guard = UrlGuard(resolve=Names(rebind_example=[PUBLIC, "127.0.0.1"]))
    await guard.check("http://rebind.example/")
    with pytest.raises(RefusedUrlError):
        await guard.check("http://rebind.example/")


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/", "http://localhost/", "http://[::1]/", "http://10.0.0.1:80/", "http://u:p@example.org/"],
)
async def test_a_redirect_to_the_inside_is_refused(location: str) -> None:
    async with Origin(_redirect(location)).serving() as origin:
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises((RefusedUrlError, UnresolvedHostError)):
                await client.get(f"http://127.0.0.1:{origin.port}/")


async def test_a_redirect_to_another_scheme_is_refused() -> None:
    async with Origin(_redirect("file:///etc/passwd")).serving() as origin:
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises((RefusedUrlError, httpx.UnsupportedProtocol)):
                await client.get(f"http://127.0.0.1:{origin.port}/")


async def test_a_chain_of_redirects_ends() -> None:
    async with Origin(b"").serving() as origin:
        origin.answer = _redirect(f"http://127.0.0.1:{origin.port}/again")
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises(httpx.TooManyRedirects):
                await client.get(f"http://127.0.0.1:{origin.port}/")
        assert len(origin.requests) == 6


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip", "GZIP", "br"])
async def test_a_compressed_answer_is_refused_since_its_size_is_anybodys(encoding: str) -> None:
    body = gzip.compress(gzip.compress(bytes(10_000_000)))
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    async with Origin(head.encode() + body).serving() as origin:
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises(RefusedUrlError):
                await client.get(f"http://127.0.0.1:{origin.port}/")
    assert "accept-encoding: identity" in origin.requests[0].lower()


async def test_the_body_of_a_redirect_is_not_read() -> None:
    async with Origin(OK).serving() as target, Origin(b"").serving() as origin:
        location = f"http://127.0.0.1:{target.port}/"
        # Never sent to its end: whoever waits for it waits for ever.
        origin.answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 1000000000\r\n\r\n".encode()
        origin.stays_open = True
        guard = UrlGuard(frozenset({("127.0.0.1", port) for port in (origin.port, target.port)}))
        async with _client(guard) as client:
            response = await client.get(f"http://127.0.0.1:{origin.port}/")
    assert (response.text, str(response.url)) == ("hi", location)


async def test_a_redirect_whose_address_is_not_ascii_is_followed() -> None:
    async with Origin(OK).serving() as target, Origin(b"").serving() as origin:
        origin.answer = _redirect(f"http://127.0.0.1:{target.port}/müller")
        guard = UrlGuard(frozenset({("127.0.0.1", port) for port in (origin.port, target.port)}))
        async with _client(guard) as client:
            assert (await client.get(f"http://127.0.0.1:{origin.port}/")).text == "hi"


async def test_the_next_address_is_tried_when_the_first_accepts_no_connection() -> None:
    async with Origin(OK).serving() as origin:
        names = Names(pages_example=["127.0.0.9 127.0.0.1"])
        guard = UrlGuard(frozenset({("pages.example", origin.port)}), names)
        async with _client(guard) as client:
            assert (await client.get(f"http://pages.example:{origin.port}/")).status_code == 200


def test_another_authority_is_trusted_where_its_file_is_named(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = GuardSettings(ssl_cert_file=str(tmp_path / "ca.pem")).tls
    assert tls is not None
    assert len(tls.get_ca_certs()) == 1
