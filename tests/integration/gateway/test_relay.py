"""The relay: who gets a turn, how much is let in, and that nothing is published twice or lost."""

from collections import Counter
from functools import partial

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import MIB
from scribe.common.tasks.data import MAX_BODY_BYTES
from scribe.common.tasks.steps import Step
from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers, connected, has_published, published
from tests.support.servers import NatsServer
from tests.support.tasks import make_task
from tests.support.waiting import eventually


async def test_user_with_one_item_does_not_wait_behind_one_with_hundreds(
    database_url: str, nats_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, loops=False) as gateway,
        gateway.user() as many,
        gateway.user() as one,
    ):
        await many.batch(300)
        (single,) = await one.batch(1)
        position = (await one.items())[0]["position"]
    async with running_gateway(database_url, nats_url, issuer, in_flight=8):
        await eventually(partial(has_published, broker, 8))

    assert position == 2
    assert single in (await published(broker))[:2]


async def test_turns_are_shared_and_each_users_items_keep_their_order(
    database_url: str, nats_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with running_gateway(database_url, nats_url, issuer, loops=False) as gateway:
        owners: dict[str, int] = {}
        batches: list[list[str]] = []
        for number, count in enumerate((40, 10, 3)):
            async with gateway.user() as user:
                ids = await user.batch(count)
            owners |= dict.fromkeys(ids, number)
            batches.append(ids)
    async with running_gateway(database_url, nats_url, issuer, in_flight=18):
        await eventually(partial(has_published, broker, 18))

    order = await published(broker)
    assert Counter(owners[id_] for id_ in order[:9]) == {0: 3, 1: 3, 2: 3}
    for number, ids in enumerate(batches):
        mine = [id_ for id_ in order if owners[id_] == number]
        assert mine == ids[: len(mine)]


async def test_one_user_has_no_more_in_flight_than_the_cap(
    database_url: str, nats_url: str, broker: Broker, workers: Workers, issuer: Issuer
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, in_flight_per_user=5, relay_interval=600.0) as gateway,
        gateway.user() as user,
        gateway.user() as other,
    ):
        ids = await user.batch(20)
        await eventually(partial(has_published, broker, 5))
        await other.generate()
        await eventually(partial(has_published, broker, 6))

        await workers.finish_all(ids[0])

        async def next_is_in_flight() -> bool:
            return (await user.status(ids[5]))["status"] == "STARTED"

        await eventually(next_is_in_flight)
        assert [item["status"] for item in await user.items()].count("processing") == 5


async def test_two_gateways_publish_each_item_once(
    database_url: str, nats_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, in_flight=100, in_flight_per_user=100) as first,
        running_gateway(database_url, nats_url, issuer, in_flight=100, in_flight_per_user=100),
        first.user() as user,
    ):
        ids = await user.batch(100)
        await eventually(partial(has_published, broker, 100))

    assert sorted(await published(broker)) == sorted(ids)


async def test_item_published_before_a_crash_is_not_published_again(
    database_url: str, nats_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with running_gateway(database_url, nats_url, issuer) as gateway, gateway.user() as user:
        task_id = await user.generate()
        await eventually(partial(has_published, broker, 1))
        async with connected(database_url) as connection:
            await connection.execute("UPDATE queue_items SET status = 'pending', state_rank = 0")

        async def marked() -> bool:
            return (await user.status(task_id))["status"] == "STARTED"

        await eventually(marked)

    assert await published(broker) == [task_id]


async def test_nearly_full_stream_lets_nothing_new_in_until_there_is_room(
    broker: Broker, gateway: Gateway, user: User
) -> None:
    for number in range(12):
        await broker.js.publish(f"pipeline.composer.filler.{number}", b"x" * (MIB // 2))
    last_pass = gateway.context.metrics.tasks.loop_pass.labels("relay")._value
    for _ in range(2):  # the pass that had looked at the stream before it was full, and one that has seen it
        before = last_pass.get()
        gateway.context.wake_relay()
        await eventually(lambda before=before: last_pass.get() > before)  # type: ignore[misc]
    task_id = await user.generate()
    before = last_pass.get()
    await eventually(lambda: last_pass.get() > before)
    assert (await user.status(task_id))["status"] == "PENDING"

    await broker.js.purge_stream("PIPELINE", subject="pipeline.*.filler.>")
    await eventually(partial(has_published, broker, 1))


async def test_what_was_submitted_while_nats_was_away_is_published_when_it_is_back(
    user: User, nats_server: NatsServer
) -> None:
    await nats_server.kill()
    task_id = await user.generate()
    assert (await user.status(task_id))["status"] == "PENDING"

    await nats_server.start()

    async def started() -> bool:
        return (await user.status(task_id))["status"] == "STARTED"

    await eventually(started, timeout=30)


async def test_row_that_no_message_can_be_made_from_fails_alone(
    user: User, workers: Workers, database_url: str, broker: Broker
) -> None:
    large = make_task(user_id=user.id, research={"sources": [{"id": "S1", "url": "u", "text": "x" * MAX_BODY_BYTES}]})
    async with connected(database_url) as connection:
        insert = (
            "INSERT INTO queue_items"
            " (id, user_id, recipient_name, recipient_interest, email_template, resume_step, run, state_rank)"
            " VALUES ($1, $2, 'Ada', 'fluids', 'Dear {{name}}', $3, 2, 1)"
        )
        await broker.js.publish(f"pipeline.composer.{large.task_id}.1", large.model_dump_json().encode())
        await connection.execute(insert, large.task_id, user.id, "composer")
        strange = make_task().task_id
        await connection.execute(insert, strange, user.id, "a step of another version")
    other = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, other))
    for task_id in (large.task_id, strange):
        await eventually(partial(user.is_in, str(task_id), "FAILURE"))
        assert (await user.status(str(task_id)))["error"]


async def test_row_whose_message_finds_no_room_does_not_hold_up_those_published_beside_it(
    user: User, database_url: str, broker: Broker
) -> None:
    for number in range(15):
        await broker.js.publish(f"pipeline.composer.filler.{number}", b"x" * (MIB // 2))
    await broker.js.publish("pipeline.composer.filler.15", b"x" * (MIB // 8))
    large, small = make_task().task_id, make_task().task_id
    async with connected(database_url) as connection:
        await connection.executemany(
            "INSERT INTO queue_items"
            " (id, user_id, recipient_name, recipient_interest, email_template, first_published_at)"
            " VALUES ($1, $2, 'Ada', 'fluids', $3, now())",
            [(large, user.id, "Dear {{name}}" + "x" * (MIB * 7 // 16)), (small, user.id, "Dear {{name}}")],
        )
        waiting = "SELECT id FROM queue_items WHERE status = 'pending'"

        async def only_the_large_waits() -> bool:
            return [row["id"] for row in await connection.fetch(waiting)] == [large]

        await eventually(only_the_large_waits)
        assert await published(broker) == [str(small)]

        await broker.js.purge_stream("PIPELINE", subject="pipeline.*.filler.>")
        await eventually(partial(has_published, broker, 2))
