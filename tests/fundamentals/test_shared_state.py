"""What all pods share through NATS KV: answers that were paid for."""

import asyncio

import pytest
from nats.js.kv import KeyValue

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.kv import ResponseCache
from tests.support.servers import NatsServer
from tests.support.waiting import eventually


async def impatient_bucket(broker: Broker) -> KeyValue:
    """The bucket `memo`, whose requests are given up after a second."""
    return await broker.client.jetstream(timeout=1.0).key_value("memo")


async def test_an_answer_is_paid_for_once(broker: Broker) -> None:
    cache = ResponseCache(await broker.js.key_value("memo"), "parser")
    calls: list[bytes] = []

    async def pay() -> bytes:
        calls.append(b"answer")
        return calls[-1]

    assert [await cache.get_or_call("key", pay) for _ in range(3)] == [b"answer"] * 3
    assert len(calls) == 1

    await asyncio.gather(*(cache.get_or_call("another", pay) for _ in range(3)))
    assert len(calls) == 2


async def test_nothing_is_paid_for_while_nobody_knows_whether_it_was_already(
    broker: Broker, nats_server: NatsServer
) -> None:
    cache = ResponseCache(await impatient_bucket(broker), "parser")
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
    bucket = await impatient_bucket(broker)
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
