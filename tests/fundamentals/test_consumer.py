"""The consumer loop: never more deliveries than its concurrency, and it recovers from every loss."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from threading import Thread

import structlog

from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.ensuring import ensure_streams
from scribe.common.messaging.publisher import Publisher
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.messaging.streams import StreamLimits
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from tests.support.consuming import CONCURRENCY, consuming
from tests.support.deadlines import stretched
from tests.support.servers import NatsServer
from tests.support.tasks import make_task
from tests.support.waiting import eventually


async def publish(broker: Broker, count: int) -> None:
    publisher = Publisher(broker)
    for _ in range(count):
        data = make_task()
        await publisher.transition(data, progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC)))


async def test_never_more_deliveries_in_progress_than_the_concurrency(broker: Broker) -> None:
    await publish(broker, 40)
    peaks: list[int] = []
    gate = asyncio.Semaphore(0)

    async def handle(delivery: Delivery) -> None:
        peaks.append(consumer.in_progress)
        await gate.acquire()
        await delivery.ack()

    async with consuming(broker, handle) as consumer:
        await eventually(lambda: consumer.in_progress == CONCURRENCY)
        for _ in range(40):
            gate.release()
        await eventually(lambda: len(peaks) == 40)
    assert max(peaks) == CONCURRENCY


async def test_an_idle_consumer_delivers_at_once_after_its_pulls_have_expired(broker: Broker) -> None:
    received = asyncio.Event()
    async with consuming(broker, receive(received), expires=3.0) as consumer:
        await eventually(lambda: consumer.last_sign > 0)
        signs = consumer.last_sign
        await eventually(lambda: consumer.last_sign > signs + 4.0, timeout=30)  # more than one pull has expired
        await publish(broker, 1)
        await asyncio.wait_for(received.wait(), stretched(2.5))  # sooner than another one does


async def test_delivery_resumes_when_a_killed_server_returns(broker: Broker, nats_server: NatsServer) -> None:
    received = asyncio.Event()
    async with consuming(broker, receive(received)):
        await publish(broker, 1)
        await asyncio.wait_for(received.wait(), stretched(20.0))
        received.clear()
        await nats_server.kill()
        await eventually(lambda: not broker.is_connected)
        await nats_server.start()
        await eventually(lambda: broker.is_connected)
        await publish(broker, 1)
        await asyncio.wait_for(received.wait(), stretched(20.0))


async def test_a_consumer_whose_stream_was_deleted_is_made_again(broker: Broker) -> None:
    received = asyncio.Event()
    found = (await broker.js.stream_info("PIPELINE")).config
    async with consuming(broker, receive(received)) as consumer:
        await eventually(lambda: consumer.last_sign > 0)
        await broker.js.delete_stream("PIPELINE")
        await ensure_streams(broker.js, await limits(broker, found.max_bytes or 0))
        await publish(broker, 1)
        await asyncio.wait_for(received.wait(), stretched(20.0))


async def test_stopping_finishes_what_has_begun_and_leaves_the_rest(broker: Broker) -> None:
    await publish(broker, 12)
    gate = asyncio.Event()
    finished: list[Delivery] = []

    async def handle(delivery: Delivery) -> None:
        await gate.wait()
        await delivery.ack()
        finished.append(delivery)

    async with consuming(broker, handle) as consumer:
        await eventually(lambda: consumer.in_progress == CONCURRENCY)
        consumer.stop()
        gate.set()
    assert len(finished) == CONCURRENCY
    info = await broker.js.consumer_info("PIPELINE", "parser")
    assert info.num_pending == 12 - CONCURRENCY


async def test_stopping_gives_back_what_is_on_its_way_already(broker: Broker, nats_url: str) -> None:
    received = asyncio.Event()
    async with consuming(broker, receive(received)) as consumer:
        await eventually(partial(pulls, broker))
        in_another_thread(partial(publish_and_see_delivered, nats_url, CONCURRENCY))
        consumer.stop()  # before anything of it was read from the socket
    assert not received.is_set()
    attempts: list[int] = []

    async def handle(delivery: Delivery) -> None:
        attempts.append(delivery.attempt)
        await delivery.ack()

    async with consuming(broker, handle):
        await eventually(lambda: attempts == [2] * CONCURRENCY)


async def test_no_sign_of_life_is_due_while_all_workers_are_busy(broker: Broker) -> None:
    gate = asyncio.Event()

    async def handle(delivery: Delivery) -> None:
        await gate.wait()
        await delivery.ack()

    async with consuming(broker, handle) as consumer:
        await eventually(lambda: consumer.last_sign > 0)
        await publish(broker, CONCURRENCY)
        await eventually(lambda: consumer.in_progress == CONCURRENCY)
        assert consumer.silence == 0.0
        gate.set()
        await eventually(lambda: consumer.in_progress == 0)
        await eventually(lambda: consumer.silence > 0.0)


async def test_a_handler_that_fails_leaves_its_delivery_to_somebody_else(broker: Broker) -> None:
    await publish(broker, 2)
    attempts: list[int] = []

    async def handle(delivery: Delivery) -> None:
        attempts.append(delivery.attempt)
        if len(attempts) == 1:
            await delivery.nak()
            raise RuntimeError("a bug in a handler")
        await delivery.ack()

    async with consuming(broker, handle):
        await eventually(lambda: max(attempts, default=1) > 1)


def in_another_thread(work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run the work while this thread's loop reads nothing."""
    thread = Thread(target=lambda: asyncio.run(work()))
    thread.start()
    thread.join()


async def pulls(broker: Broker) -> bool:
    """Whether somebody waits for the parser's messages."""
    return bool((await broker.js.consumer_info("PIPELINE", "parser")).num_waiting)


async def publish_and_see_delivered(nats_url: str, count: int) -> None:
    async with connect(BrokerSettings(nats_url=nats_url), "elsewhere", structlog.get_logger()) as broker:
        await publish(broker, count)

        async def delivered() -> bool:
            info = await broker.js.consumer_info("PIPELINE", "parser")
            return bool(info.num_ack_pending == count)

        await eventually(delivered)


def receive(received: asyncio.Event) -> Callable[[Delivery], Awaitable[None]]:
    async def handle(delivery: Delivery) -> None:
        await delivery.ack()
        received.set()

    return handle


async def limits(broker: Broker, pipeline_max_bytes: int) -> StreamLimits:
    sizes = [(await broker.js.stream_info(name)).config.max_bytes or 0 for name in ("EVENTS", "DEADLETTER")]
    return StreamLimits(1, pipeline_max_bytes, *sizes)
