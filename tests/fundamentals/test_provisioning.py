"""Streams are declared once; what differs from the declaration is named and refused."""

from dataclasses import replace

import pytest
from nats.js.api import ConsumerConfig, RetentionPolicy, StreamConfig
from nats.js.errors import NotFoundError

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.ensuring import ensure_consumer, ensure_streams, verify_step_consumer, verify_streams
from scribe.common.messaging.streams import DAY, MIB, StreamLimits, step_consumer
from scribe.common.tasks.steps import Step


async def limits_of(broker: Broker) -> StreamLimits:
    sizes = [(await broker.js.stream_info(name)).config.max_bytes or 0 for name in ("PIPELINE", "EVENTS", "DEADLETTER")]
    return StreamLimits(1, *sizes)


async def test_provisioning_twice_changes_nothing(broker: Broker) -> None:
    limits = await limits_of(broker)
    before = [info.config for info in await broker.js.streams_info()]
    await ensure_streams(broker.js, limits)
    assert [info.config for info in await broker.js.streams_info()] == before


async def test_a_lost_stream_is_made_again(broker: Broker) -> None:
    limits = await limits_of(broker)
    await broker.js.delete_stream("EVENTS")
    await ensure_streams(broker.js, limits)
    await verify_streams(broker.js, limits)


async def test_a_worker_waits_for_the_buckets_too(broker: Broker) -> None:
    limits = await limits_of(broker)
    await broker.js.delete_stream("KV_memo")
    with pytest.raises(NotFoundError):
        await verify_streams(broker.js, limits)
    await ensure_streams(broker.js, limits)
    await verify_streams(broker.js, limits)


async def test_a_different_stream_is_refused_by_the_name_of_its_field(broker: Broker) -> None:
    limits = await limits_of(broker)
    await broker.js.delete_stream("DEADLETTER")
    await broker.js.add_stream(
        StreamConfig(name="DEADLETTER", subjects=["deadletter.*.*"], retention=RetentionPolicy.LIMITS, max_age=DAY)
    )
    for check in (verify_streams, ensure_streams):
        with pytest.raises(ConfigurationError, match=r"DEADLETTER.*max_bytes is -1"):
            await check(broker.js, limits)


async def test_limits_are_raised_to_what_is_declared_and_never_lowered(broker: Broker) -> None:
    limits = await limits_of(broker)
    larger = replace(limits, pipeline_max_bytes=limits.pipeline_max_bytes * 2)
    with pytest.raises(ConfigurationError, match="max_bytes"):
        await verify_streams(broker.js, larger)
    await ensure_streams(broker.js, larger)
    for declared in (larger, limits):
        await ensure_streams(broker.js, declared)
        await verify_streams(broker.js, declared)
    assert (await broker.js.stream_info("PIPELINE")).config.max_bytes == larger.pipeline_max_bytes


async def test_a_different_bucket_is_refused_by_the_name_of_its_field(broker: Broker) -> None:
    limits = await limits_of(broker)
    await broker.js.delete_key_value("memo")
    await broker.js.create_key_value(bucket="memo", ttl=60.0, max_bytes=256 * MIB)
    with pytest.raises(ConfigurationError, match=r"KV_memo: max_age is 60\.0 and should be 172800\.0"):
        await verify_streams(broker.js, limits)


async def test_a_consumer_with_a_backoff_is_refused(broker: Broker) -> None:
    wanted = step_consumer(Step.PARSER, 4)
    await broker.js.delete_consumer("PIPELINE", "parser")
    await broker.js.add_consumer("PIPELINE", config=replace(wanted, backoff=[1.0, 2.0], max_deliver=3))
    with pytest.raises(ConfigurationError, match="backoff"):
        await ensure_consumer(broker.js, "PIPELINE", wanted)


async def test_the_number_of_slots_may_change_without_losing_the_place(broker: Broker) -> None:
    for concurrency in (4, 16):
        await ensure_consumer(broker.js, "PIPELINE", step_consumer(Step.PARSER, concurrency))
    found: ConsumerConfig = (await broker.js.consumer_info("PIPELINE", "parser")).config
    assert found.max_ack_pending == 64


async def test_a_worker_that_wants_more_than_all_workers_of_its_step_may_have_is_refused_with_both_numbers(
    broker: Broker,
) -> None:
    await verify_step_consumer(broker.js, Step.PARSER, 4)
    with pytest.raises(ConfigurationError, match=r"SCRIBE_CONCURRENCY is 5, but all workers of parser .* have 4"):
        await verify_step_consumer(broker.js, Step.PARSER, 5)
