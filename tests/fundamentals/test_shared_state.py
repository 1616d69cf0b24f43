"""What all pods share through NATS KV: answers that were paid for, and a rate limit."""

import asyncio
import time
from itertools import pairwise

import pytest

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.kv import RateLimiter, ResponseCache
from tests.support.servers import NatsServer
from tests.support.waiting import eventually

MILLISECOND = 0.001
"""What the bucket's times are rounded down to."""


class Clock:
    """The system's clock. What it showed last is when a slot was taken, however late its caller got to know."""

    shown = 0.0

    def __call__(self) -> float:
        self.shown = time.time()
        return self.shown


async def test_an_answer_is_paid_for_once(broker: Broker) -> None:
    cache = ResponseCache(await broker.js.key_value("memo"), "parser")
    calls: list[bytes] = []

    async def pay() -> bytes:
        calls.append(b"answer")
        return calls[-1]

    assert [await cache.get_or_call("key", pay) for _ in range(3)] == [b"answer"] * 3
    assert len(calls) == 1


async def test_nothing_is_paid_for_while_nobody_knows_whether_it_was_already(
    broker: Broker, nats_server: NatsServer
) -> None:
    cache = ResponseCache(await broker.js.key_value("memo"), "parser")
    calls: list[bytes] = []

    async def pay() -> bytes:
        calls.append(b"answer")
        return calls[-1]

    await nats_server.kill()
    await eventually(lambda: not broker.is_connected)
    with pytest.raises(UnavailableError):
        await cache.get_or_call("key", pay)
    assert not calls


async def test_an_answer_that_could_not_be_kept_is_remembered_here_and_kept_later(
    broker: Broker, nats_server: NatsServer
) -> None:
    bucket = await broker.js.key_value("memo")
    cache = ResponseCache(bucket, "parser")
    calls: list[bytes] = []

    async def pay_as_nats_goes_away() -> bytes:
        calls.append(b"answer")
        await nats_server.kill()
        await eventually(lambda: not broker.is_connected)
        return calls[-1]

    assert await cache.get_or_call("key", pay_as_nats_goes_away) == b"answer"
    assert await cache.get_or_call("key", pay_as_nats_goes_away) == b"answer"
    await nats_server.start()
    await eventually(lambda: broker.is_connected)
    assert await cache.get_or_call("key", pay_as_nats_goes_away) == b"answer"
    assert (await bucket.get("parser.key")).value == b"answer"
    assert len(calls) == 1


async def test_one_call_per_interval_over_everybody_who_shares_the_bucket(broker: Broker) -> None:
    bucket = await broker.js.key_value("slots")
    interval = 0.15

    async def call() -> float:
        clock = Clock()
        await RateLimiter(bucket, "arxiv", interval, clock).wait()
        return clock.shown

    taken = sorted(await asyncio.gather(*(call() for _ in range(9))))
    assert min(later - earlier for earlier, later in pairwise(taken)) >= interval - MILLISECOND
    assert taken[-1] - taken[0] < interval * 9 * 4


async def test_a_limit_nobody_can_see_is_waited_for_not_ignored(broker: Broker, nats_server: NatsServer) -> None:
    limiter = RateLimiter(await broker.js.key_value("slots"), "arxiv", 1.0)
    await nats_server.kill()
    await eventually(lambda: not broker.is_connected)
    with pytest.raises(UnavailableError):
        await limiter.wait()
