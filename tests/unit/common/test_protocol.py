"""What a stranger can make a process hold or wait for is bounded, for the gateway and for the workers' probes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from scribe.common.process.health import serving
from scribe.common.process.protocol import Bounds

BOUNDS = Bounds(head_bytes=4096, head_timeout=0.3, body_timeout=0.5, connections=3)
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


@asynccontextmanager
async def echoing(bounds: Bounds) -> AsyncIterator[int]:
    async with serving(Starlette(routes=[Route("/", echo, methods=["POST"])]), "127.0.0.1", 0, bounds=bounds) as port:
        yield port


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with echoing(BOUNDS) as port:
        yield port


async def answer_to(port: int, *parts: bytes) -> bytes:
    """All that comes back until the server hangs up, or has answered."""
    async with connected(port) as (reader, writer), asyncio.timeout(20):
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            answer = b""
            while not answer.endswith(b"0") and (more := await reader.read(4096)):
                answer += more
        except ConnectionError:
            return b""
        return answer


async def test_a_request_within_the_bounds_is_answered(port: int) -> None:
    body = b"x" * 300_000
    answer = await answer_to(port, HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode(), body)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"300000")


async def test_a_body_of_tiny_chunks_is_answered(port: int) -> None:
    answer = await answer_to(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 100_000, b"0\r\n\r\n")
    assert answer.endswith(b"100000")


@pytest.mark.parametrize(
    "parts",
    [
        (HEAD + b"A: " + b"x" * 5000 + b"\r\n\r\n",),
        (HEAD, *[b"A: " + b"x" * 1000 + b"\r\n"] * 60_000),
        (HEAD + b"A: ", *[b"x" * 1000] * 60_000),
        (b"GET /" + b"x" * 5000, b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    ],
    ids=["one long header", "60 MB of headers", "60 MB of one header", "a long path"],
)
async def test_a_head_that_is_too_large_is_refused_early(parts: tuple[bytes, ...], port: int) -> None:
    answer = await answer_to(port, *parts)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(("beginning", "endless"), [(b"0\r\nA: ", b"x" * 1000), (b"1;", b"y" * 1000)])
async def test_trailers_and_extensions_without_end_are_cut_off(beginning: bytes, endless: bytes) -> None:
    async with echoing(replace(BOUNDS, body_timeout=600)) as port:
        assert await answer_to(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + beginning, *[endless] * 9000) == b""


async def test_a_head_and_a_body_that_do_not_come_are_not_waited_for(port: int) -> None:
    assert await answer_to(port) == b""
    assert (await answer_to(port, HEAD)).startswith(b"HTTP/1.1 408 ")
    assert await answer_to(port, HEAD + b"Content-Length: 10\r\n\r\nabc") == b""


async def test_connections_beyond_the_bound_are_closed_and_those_within_work(port: int) -> None:
    async with connected(port) as first, connected(port) as second, connected(port) as third:
        assert await answer_to(port, HEAD + b"Content-Length: 0\r\n\r\n") == b""
        for reader, writer in (first, second, third):
            writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")


async def test_an_idle_connection_between_two_requests_is_kept(port: int) -> None:
    async with connected(port) as (reader, writer):
        for _ in range(2):
            writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(1) == b"0"
            await asyncio.sleep(2 * BOUNDS.head_timeout)  # longer than a head may take
