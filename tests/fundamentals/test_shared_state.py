"""What all pods share through NATS KV: answers that were paid for."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from nats.aio.msg import Msg
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.kv import ResponseCache, open_response_cache
from tests.support.servers import NatsServer
from tests.support.waiting import eventually


async def impatient_bucket(broker: Broker) -> KeyValue:
    """The bucket `memo`, whose requests are given up after a second."""
    return await broker.client.jetstream(timeout=1.0).key_value("memo")


@pytest.fixture
async def cache(broker: Broker) -> AsyncIterator[ResponseCache]:
    """The parser's paid answers."""
    async with open_response_cache(await impatient_bucket(broker), "parser") as cache:
        yield cache


async def test_an_answer_is_paid_for_once(cache: ResponseCache) -> None:
    calls: list[bytes] = []

    async def pay() -> bytes:
        calls.append(b"answer")
        return calls[-1]

    assert [await cache.get_or_call("key", pay) for _ in range(3)] == [b"answer"] * 3
    assert len(calls) == 1

    await asyncio.gather(*(cache.get_or_call("another", pay) for _ in range(3)))
    assert len(calls) == 2


async def test_nothing_is_paid_for_while_nobody_knows_whether_it_was_already(
    broker: Broker, nats_server: NatsServer, cache: ResponseCache
) -> None:
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
    broker: Broker, nats_server: NatsServer, cache: ResponseCache
) -> None:
    bucket = await impatient_bucket(broker)
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

    async def is_kept() -> bool:
        assert await cache.get_or_call("key", pay_as_nats_goes_away) == b"answer"
        return await value_of(bucket, "parser.key") == b"answer"

    await eventually(is_kept)
    assert len(calls) == 1


async def test_an_answer_is_sent_before_what_is_published_after_it(broker: Broker, cache: ResponseCache) -> None:
    seen: list[str] = []

    async def note(message: Msg) -> None:
        if message.subject.startswith(("$KV.memo.", "pipeline.")):
            seen.append(message.subject)

    await broker.client.subscribe(">", cb=note)
    for number in range(20):
        await cache.get_or_call(f"key{number}", _pay)
        await broker.client.publish(f"pipeline.{number}", b"")
    await eventually(lambda: len(seen) == 40)
    assert seen == [subject for n in range(20) for subject in (f"$KV.memo.parser.key{n}", f"pipeline.{n}")]


async def test_a_cache_that_ends_waits_for_its_answers(broker: Broker) -> None:
    bucket = await impatient_bucket(broker)
    async with open_response_cache(bucket, "parser") as cache:
        await asyncio.gather(*(cache.get_or_call(f"key{number}", _pay) for number in range(20)))
    assert [await value_of(bucket, f"parser.key{number}") for number in range(20)] == [b"answer"] * 20


async def _pay() -> bytes:
    return b"answer"


async def value_of(bucket: KeyValue, key: str) -> bytes | None:
    """What the bucket has under a key."""
    try:
        return (await bucket.get(key)).value
    except KeyNotFoundError:
        return None
