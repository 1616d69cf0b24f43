"""The proxy of a page: it checks every host, connects where the check said, counts, and ends completely."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from scribe.common.http.guard import UrlGuard
from scribe.scraper.proxy import MAX_CONNECTIONS, Proxy, guarded_proxy
from tests.support.deadlines import within
from tests.support.waiting import eventually
from tests.unit.scraper.origin import Origin, allowing


@asynccontextmanager
async def through(guard: UrlGuard, max_bytes: int = 1_000_000) -> AsyncIterator[tuple[httpx.AsyncClient, Proxy]]:
    """A client that has only the proxy."""
    async with (
        guarded_proxy(guard, max_bytes) as proxy,
        httpx.AsyncClient(proxy=proxy.url, timeout=5, trust_env=False) as client,
    ):
        yield client, proxy


async def raw(proxy: Proxy, request: bytes) -> bytes:
    """What the proxy answers to these bytes, up to its hanging up."""
    host, _, port = proxy.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    async with within(5):
        answer = await reader.read()
    writer.close()
    return answer


async def test_a_plain_request_reaches_its_host_in_origin_form() -> None:
    async with Origin().serving() as origin, through(allowing(origin, "pages.example")) as (client, _):
        response = await client.get(f"http://pages.example:{origin.port}/a?b=c", headers={"X-A": "1"})
    assert response.text == "hello"
    assert origin.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert f"host: pages.example:{origin.port}".encode() in origin.requests[0].lower()
    assert b"proxy-" not in origin.requests[0].lower()


async def test_a_body_is_passed_on() -> None:
    async with Origin().serving() as origin, through(allowing(origin)) as (client, _):
        assert (await client.post(f"http://127.0.0.1:{origin.port}/", content=b"x" * 10)).text == "hello"


async def test_every_request_is_checked_although_the_server_keeps_connections_open() -> None:
    async with Origin().serving() as origin, through(allowing(origin)) as (client, proxy):
        assert (await client.get(f"http://127.0.0.1:{origin.port}/")).status_code == 200
        assert (await client.get("http://inside.example/")).status_code == 403
        assert (await client.get(f"http://127.0.0.1:{origin.port}/")).status_code == 200
    assert proxy.refused == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://inside.example/",
        "http://93.184.215.14:8080/",
        "http://[::1]/",
    ],
)
async def test_a_request_to_the_inside_is_refused(url: str) -> None:
    async with Origin().serving() as origin, through(allowing(origin)) as (client, proxy):
        assert (await client.get(url)).status_code == 403
    assert proxy.refused == 1


@pytest.mark.parametrize(
    "target", ["inside.example:443", "127.0.0.1:22", "[::1]:443", "169.254.169.254:80", "x", ":443"]
)
async def test_a_tunnel_to_the_inside_is_refused(target: str) -> None:
    async with guarded_proxy(UrlGuard(resolve=allowing(Origin())._resolve), 1000) as proxy:
        answer = await raw(proxy, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 502"))


@pytest.mark.parametrize(
    "request_",
    [
        b"GET ftp://127.0.0.1/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET http://u:p@127.0.0.1/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"1" * 5000 + b"\r\n\r\n",
        b"CONNECT 127.0.0.1:" + b"4" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT 127.0.0.1:65536 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
        b"GET http://127.0.0.1:%d/ HTTP/1.1\nHost: x\r\n\r\n",
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\n\n",
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=range(18),
)
async def test_a_request_that_is_not_understood_is_refused(request_: bytes) -> None:
    async with Origin().serving() as origin, guarded_proxy(allowing(origin), 1000) as proxy:
        request_ = request_ % origin.port if b"%d" in request_ else request_
        assert (await raw(proxy, request_)).startswith(b"HTTP/1.1 403")
        assert origin.requests == []


async def test_a_second_request_on_a_connection_is_not_passed_on() -> None:
    async with Origin().serving() as origin, guarded_proxy(allowing(origin), 100_000) as proxy:
        one = f"GET http://127.0.0.1:{origin.port}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        host, _, port = proxy.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(one + b"GET http://169.254.169.254/ HTTP/1.1\r\n\r\n")
        assert b"hello" in await reader.readuntil(b"hello")
        writer.close()
        await eventually(lambda: origin.open == 0)
    assert len(origin.requests) == 1


async def test_a_tunnel_carries_bytes_both_ways() -> None:
    async with (
        Origin(b"not http").serving() as origin,
        guarded_proxy(allowing(origin, "pages.example"), 10_000) as proxy,
    ):
        host, _, port = proxy.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"CONNECT pages.example:{origin.port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert b"200" in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"anything\r\n\r\n")
        assert await reader.readexactly(8) == b"not http"
        writer.close()
    assert origin.requests == [b"anything\r\n\r\n"]


async def test_a_page_may_load_only_so_much() -> None:
    big = b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + b"x" * 500_000
    async with Origin(big).serving() as origin, through(allowing(origin), max_bytes=100_000) as (client, proxy):
        with pytest.raises(httpx.HTTPError):
            await client.get(f"http://127.0.0.1:{origin.port}/")
    assert proxy.budget.remaining < 0


async def test_a_host_that_accepts_no_connection_is_a_network_error() -> None:
    async with Origin().serving() as origin:
        guard = allowing(origin)
    async with through(guard) as (client, _):
        with pytest.raises(httpx.HTTPError):
            await client.get(f"http://127.0.0.1:{origin.port}/")


async def test_when_the_page_is_done_every_connection_ends() -> None:
    async with Origin(hang=True).serving() as origin:
        async with guarded_proxy(allowing(origin), 100_000) as proxy:
            host, _, port = proxy.url.removeprefix("http://").partition(":")
            _reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"CONNECT 127.0.0.1:{origin.port} HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n".encode())
            await eventually(lambda: origin.requests)
        await eventually(lambda: origin.open == 0)
        writer.close()


async def test_there_is_a_limit_on_connections() -> None:
    async with Origin(hang=True).serving() as origin, guarded_proxy(allowing(origin), 100_000) as proxy:
        host, _, port = proxy.url.removeprefix("http://").partition(":")
        opened = [await asyncio.open_connection(host, int(port)) for _ in range(MAX_CONNECTIONS + 4)]
        async with within(5):
            ended = await asyncio.wait(
                [asyncio.ensure_future(reader.read()) for reader, _ in opened], return_when=asyncio.FIRST_COMPLETED
            )
        assert ended[0]
        for task in ended[1]:
            task.cancel()
        for _, writer in opened:
            writer.close()


async def test_the_host_that_was_checked_is_the_host_that_is_named() -> None:
    async with Origin().serving() as origin, guarded_proxy(allowing(origin), 10_000) as proxy:
        await raw(proxy, f"GET http://127.0.0.1:{origin.port}/ HTTP/1.1\r\nHost: inside.example\r\n\r\n".encode())
    assert f"host: 127.0.0.1:{origin.port}".encode() in origin.requests[0].lower()
    assert b"inside.example" not in origin.requests[0]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 100 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 200_000,
        b"rubbish\r\n\r\n",
    ],
)
async def test_an_answer_that_is_not_understood_is_not_passed_on(answer: bytes) -> None:
    async with Origin(answer).serving() as origin, guarded_proxy(allowing(origin), 1_000_000) as proxy:
        seen = await raw(proxy, f"GET http://127.0.0.1:{origin.port}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert not seen.endswith((b"hello", b"0\r\n\r\n"))
    assert proxy.refused == 0


async def test_an_answer_in_chunks_is_passed_on() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    async with Origin(chunks).serving() as origin, through(allowing(origin)) as (client, _):
        assert (await client.get(f"http://127.0.0.1:{origin.port}/")).text == "hello world"
