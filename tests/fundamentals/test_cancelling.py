"""Whether a task is cancelled is known from memory; the bucket is asked while the memory may have missed something."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.msg import Msg
from nats.js.api import KeyValueConfig

from scribe.common.errors import CancelledTaskError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import CANCELLED
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.subject import cancel_subject
from scribe.common.worker.cancellation import Cancellations, open_cancellations
from scribe.common.worker.cancelled_runs import KEPT, CancelledRuns
from tests.support.tasks import make_task
from tests.support.waiting import eventually


@asynccontextmanager
async def asked(broker: Broker) -> AsyncIterator[list[str]]:
    """The tasks whose entry is asked for at the server."""
    seen: list[str] = []

    async def note(message: Msg) -> None:
        seen.append(message.subject.rpartition(".")[2])

    subscription = await broker.client.subscribe(f"$JS.API.DIRECT.GET.KV_{CANCELLED}.>", cb=note)
    await broker.client.flush()
    yield seen
    await subscription.unsubscribe()


async def cancel(broker: Broker, data: PipelineData, run: int = 1) -> None:
    """Put the entry, and send no message."""
    await (await broker.js.key_value(CANCELLED)).put(str(data.task_id), str(run).encode())


async def is_cancelled(cancellations: Cancellations, data: PipelineData) -> bool:
    try:
        await cancellations.raise_if_cancelled(data)
    except CancelledTaskError:
        return True
    return False


async def test_a_look_at_what_is_known_asks_nobody(broker: Broker) -> None:
    known = CancelledRuns(broker)
    cancellations = Cancellations(await broker.js.key_value(CANCELLED), known)
    before, other = make_task(), make_task()
    await cancel(broker, before)
    await known.catch_up()

    async with asked(broker) as seen:
        assert await is_cancelled(cancellations, before)
        assert not await is_cancelled(cancellations, other)
        assert not await is_cancelled(cancellations, before.model_copy(update={"run": 2}))
        await broker.client.flush()
    assert seen == []


async def test_a_cancellation_is_known_from_its_message(broker: Broker) -> None:
    data = make_task()
    async with open_cancellations(broker) as cancellations:
        await broker.client.publish(cancel_subject(data.task_id), b"1")
        await eventually(lambda: is_cancelled(cancellations, data))


async def test_an_entry_whose_message_was_lost_is_found_in_the_bucket(broker: Broker) -> None:
    known, data = CancelledRuns(broker), make_task()
    await known.catch_up()
    await cancel(broker, data)

    await known.catch_up()

    assert known.last_of(str(data.task_id)) == 1


async def test_the_bucket_is_asked_until_the_memory_is_current(broker: Broker) -> None:
    known, data = CancelledRuns(broker), make_task()
    cancellations = Cancellations(await broker.js.key_value(CANCELLED), known)
    await cancel(broker, data)

    async with asked(broker) as seen:
        assert await is_cancelled(cancellations, data)
        await eventually(lambda: seen == [str(data.task_id)])


async def test_the_memory_is_not_current_after_a_reconnect_until_it_has_caught_up(broker: Broker) -> None:
    known, data = CancelledRuns(broker), make_task()
    cancellations = Cancellations(await broker.js.key_value(CANCELLED), known)
    await known.catch_up()
    was_current = known.is_current

    async with broker.reconnected:
        assert broker.client._transport is not None
        broker.client._transport.close()  # type: ignore[no-untyped-call]
        await broker.reconnected.wait()
    await cancel(broker, data)

    assert (was_current, known.is_current) == (True, False)
    assert await is_cancelled(cancellations, data)
    await known.catch_up()
    assert (known.is_current, known.last_of(str(data.task_id))) == (True, 1)


async def test_a_bucket_that_was_made_anew_is_read_from_its_beginning(broker: Broker) -> None:
    known, data = CancelledRuns(broker), make_task()
    for _ in range(3):
        await cancel(broker, make_task())
    await known.catch_up()
    await broker.js.delete_key_value(CANCELLED)
    await broker.js.create_key_value(KeyValueConfig(bucket=CANCELLED, direct=True))
    await cancel(broker, data)

    await known.catch_up()

    assert known.last_of(str(data.task_id)) == 1


async def test_a_memory_that_has_not_looked_for_a_while_is_not_current(broker: Broker) -> None:
    now = 0.0
    known = CancelledRuns(broker, lambda: now)
    await known.catch_up()
    was_current, now = known.is_current, 16.0
    assert (was_current, known.is_current) == (True, False)


def test_cancellations_are_forgotten_when_the_bucket_forgets_them(broker: Broker) -> None:
    now = 0.0
    known = CancelledRuns(broker, lambda: now)
    known.note("old", 1)
    now = KEPT + 1
    known.note("new", 2)
    assert (known.last_of("old"), known.last_of("new")) == (0, 2)
