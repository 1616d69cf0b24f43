"""What stands in between does what the cells rely on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest

from tests.chaos.frames import Frame, FrameTap, Rule, split
from tests.chaos.setup.proxies import CommitLoss, CommitTap
from tests.support.tcp_proxy import Tap, TcpProxy, Untouched, running_proxy
from tests.support.waiting import eventually

CONVERSATION = (
    b'INFO {"a":1}\r\nHPUB pipeline.parser.t.1 reply 12 17\r\nNATS/1.0\r\n\r\nhello\r\nPUB x 0\r\n\r\nPING\r\n'
)


def test_frames_are_whole_however_the_bytes_arrive() -> None:
    whole, rest = split("sent", CONVERSATION)
    assert [(frame.verb, frame.subject) for frame in whole] == [
        *(("INFO", ""), ("HPUB", "pipeline.parser.t.1")),
        *(("PUB", "x"), ("PING", "")),
    ]
    assert rest == b""
    tap = FrameTap([])
    assert b"".join(tap.sent(bytes([byte])) for byte in CONVERSATION) == CONVERSATION


def test_a_rule_loses_so_many_frames_as_it_says() -> None:
    counts = iter((False, True))

    def is_publication(frame: Frame) -> bool:
        return frame.direction == "sent" and frame.subject.startswith("pipeline.")

    rule = Rule(is_publication, lambda: next(counts), loses=True, times=1)
    tap = FrameTap([rule])
    uncounted, counted, afterwards = (tap.sent(CONVERSATION) for _ in range(3))
    assert b"pipeline" not in uncounted + counted
    assert afterwards == CONVERSATION
    assert rule.is_spent


async def test_an_answer_to_a_commit_is_lost_and_the_commit_is_not() -> None:
    loss = CommitLoss(left=1)
    async with echo(lambda: CommitTap(loss)) as (proxy, heard):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"COMMIT")
        with pytest.raises((ConnectionError, EOFError)):
            await reader.readexactly(6)
        assert heard == [b"COMMIT"]
        assert loss.lost == 1


async def test_what_is_held_passes_when_it_is_released() -> None:
    async with echo(Untouched) as (proxy, heard):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
        proxy.hold()
        writer.write(b"two")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await reader.readexactly(3)
        assert heard == [b"one"]
        proxy.release()
        assert await reader.readexactly(3) == b"two"


async def test_what_is_delayed_waits_side_by_side_and_not_in_turn() -> None:
    async with echo(Untouched) as (proxy, heard):
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.latency = 30.0
        for number in range(10):
            writer.write(b"piece")
            await eventually(partial(has_taken, proxy, number + 1))
        assert heard == []


def has_taken(proxy: TcpProxy, pieces: int) -> bool:
    """Whether so many pieces wait in a proxy, or have passed."""
    return proxy.counts["pieces delayed"] >= pieces


@asynccontextmanager
async def echo(tap: Callable[[], Tap]) -> AsyncIterator[tuple[TcpProxy, list[bytes]]]:
    """A proxy before a server that answers with what it hears, and what that has heard."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            heard.append(data)
            writer.write(data)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with running_proxy(lambda: int(server.sockets[0].getsockname()[1]), tap) as proxy:
        yield proxy, heard
    server.close()
