"""What is started gets a port that it can use, also where somebody else is quicker."""

import asyncio

import pytest

from scribe.local.errors import LocalError
from scribe.local.ports import ATTEMPTS, FIRST, LAST, free_port, on_free_port, refusal
from tests.support.ports import taken_port


async def listen(port: int) -> asyncio.Server:
    """Something that takes a port."""
    try:
        return await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", port)
    except OSError as error:
        raise LocalError("It did not start.") from error


def test_a_free_port_is_not_one_of_those_for_outgoing_connections() -> None:
    assert FIRST <= free_port() <= LAST < 32768
    assert refusal(free_port()) is None


async def test_a_port_that_was_taken_meanwhile_is_given_up_for_another() -> None:
    started: list[asyncio.Server] = []

    async def start(port: int) -> None:
        started.append(await listen(port))

    with taken_port() as taken:
        looked = iter([taken, taken, free_port()])
        await on_free_port(start, lambda: next(looked))

    assert next(looked, None) is None
    started[0].close()


async def test_where_every_port_is_taken_it_ends() -> None:
    tried: list[int] = []

    async def start(port: int) -> None:
        tried.append(port)
        await listen(port)

    with taken_port() as taken, pytest.raises(LocalError):
        await on_free_port(start, lambda: taken)

    assert tried == [taken] * ATTEMPTS


async def test_what_fails_for_another_reason_is_not_tried_again() -> None:
    tried: list[int] = []

    async def start(port: int) -> None:
        tried.append(port)
        raise LocalError("It has no key.")

    with pytest.raises(LocalError, match="no key"):
        await on_free_port(start)

    assert len(tried) == 1
