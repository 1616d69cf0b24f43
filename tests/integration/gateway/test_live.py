"""Server-Sent Events: a snapshot, then each change; resumable, bounded, and without leaks."""

import time
from functools import partial

import jwt

from scribe.common.tasks.progress import State
from scribe.common.tasks.steps import Step
from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import Issuer
from tests.support.listening import ITEMS, listening
from tests.support.pipeline import Workers, connected
from tests.support.waiting import eventually


async def has_begun(user: User, task_id: str) -> bool:
    """Whether a step has begun to work on an item."""
    return any(item["id"] == task_id and item["started_at"] for item in await user.items())


async def test_task_is_followed_live_until_its_end(user: User, workers: Workers) -> None:
    task_id = await user.generate()
    await eventually(partial(user.is_in, task_id, "STARTED"))
    async with listening(user, f"/api/email/status/{task_id}/events") as listener:
        await eventually(lambda: listener.events)
        await workers.finish_all(task_id)
        await eventually(lambda: listener.closed)

    assert {event.name for event in listener.events} == {"status"}
    assert listener.events[0].data["status"] == "STARTED"
    last = listener.events[-1].data
    assert last == await user.status(task_id)
    assert last["status"] == "SUCCESS"


async def test_ended_task_is_told_once_and_the_stream_closes(user: User, workers: Workers) -> None:
    task_id = await user.generate()
    await eventually(partial(user.is_in, task_id, "STARTED"))
    await workers.finish_all(task_id)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))

    async with listening(user, f"/api/email/status/{task_id}/events") as listener:
        await eventually(lambda: listener.closed)

    assert [event.data["status"] for event in listener.events] == ["SUCCESS"]


async def test_stream_ends_with_the_access_token_it_was_asked_for_with(user: User, gateway: Gateway) -> None:
    task_id = await user.generate()
    short = gateway.issuer.token(user.id, exp=int(time.time()) + 4)
    async with gateway.client(short) as client, listening(User(user.id, client), ITEMS) as listener:
        await eventually(lambda: listener.closed)

    assert [event.data["id"] for event in listener.events][:1] == [task_id]
    assert time.time() >= jwt.decode(short, options={"verify_signature": False})["exp"]


async def test_items_are_told_first_as_they_are_and_then_as_they_change(user: User, workers: Workers) -> None:
    first = await user.generate()
    await eventually(partial(user.is_in, first, "STARTED"))
    async with listening(user, ITEMS) as listener:
        await eventually(lambda: listener.events)
        assert listener.events[0].data["id"] == first
        data = await workers.waiting(Step.PARSER, first)
        await workers.tell(data, State.FAILED, Step.PARSER, error="No.")
        await eventually(lambda: ("failed", "template_parser") in listener.states())
        second = await user.generate()
        await eventually(lambda: any(event.data["id"] == second for event in listener.events))

    assert {event.name for event in listener.events} == {"item"}
    failed = next(event for event in listener.events if event.data["status"] == "failed")
    assert failed.data["error_message"] == "No."
    assert str(failed.data["created_at"]).endswith("Z")


async def test_cancelling_and_retrying_are_told(user: User) -> None:
    task_id = await user.generate()
    await eventually(partial(user.is_in, task_id, "STARTED"))
    async with listening(user, ITEMS) as listener:
        await user.client.post(f"/api/queue/{task_id}/cancel")
        await eventually(lambda: listener.events and listener.events[-1].data["status"] == "failed")
        await user.client.post(f"/api/queue/{task_id}/retry")
        await eventually(lambda: listener.events[-1].data["status"] in ("pending", "processing"))


async def test_client_that_comes_back_is_told_what_has_changed_since(
    user: User, workers: Workers, database_url: str
) -> None:
    long_silent, second, third = await user.batch(3)
    for task_id in (long_silent, second, third):
        await eventually(partial(user.is_in, task_id, "STARTED"))
    await workers.tell(await workers.waiting(Step.PARSER, long_silent), State.STARTED, Step.PARSER)
    await eventually(partial(has_begun, user, long_silent))
    async with connected(database_url) as connection:
        await connection.execute(
            "UPDATE queue_items SET progressed_at = now() - interval '2 minutes' WHERE id = $1", long_silent
        )
    async with listening(user, ITEMS) as listener:
        await workers.tell(await workers.waiting(Step.PARSER, third), State.STARTED, Step.PARSER)
        await eventually(lambda: listener.begun(third))
    newest = listener.begun(third)[0].id
    await workers.tell(await workers.waiting(Step.PARSER, second), State.FAILED, Step.PARSER, error="No.")
    await eventually(partial(user.is_in, second, "FAILURE"))

    async with listening(user, ITEMS, newest) as again:
        await eventually(lambda: again.events)
        await workers.finish_all(third)
        await eventually(lambda: again.events[-1].data["status"] == "completed")

    assert again.events[0].data["id"] == second
    assert long_silent not in {event.data["id"] for event in again.events}
    assert newest not in {event.id for event in again.events}


async def test_change_that_began_before_the_last_event_and_came_after_it_is_told(
    user: User, workers: Workers, database_url: str
) -> None:
    first, second = await user.batch(2)
    for task_id in (first, second):
        await eventually(partial(user.is_in, task_id, "STARTED"))
    async with connected(database_url) as connection, listening(user, ITEMS) as listener, connection.transaction():
        await connection.execute(
            "UPDATE queue_items SET status = 'completed', progressed_at = now() WHERE id = $1", first
        )
        await workers.tell(await workers.waiting(Step.PARSER, second), State.STARTED, Step.PARSER)
        await eventually(lambda: listener.begun(second))
    async with listening(user, ITEMS, listener.begun(second)[0].id) as again:
        await eventually(lambda: ("completed", "template_parser") in again.states())


async def test_unreadable_last_event_id_means_everything(user: User) -> None:
    task_id = await user.generate()
    await eventually(partial(user.is_in, task_id, "STARTED"))
    for last in ("nonsense", "1:", "-1:-1", "9" * 30 + ":1"):
        async with listening(user, ITEMS, last) as listener:
            await eventually(lambda: listener.events)


async def test_stream_is_told_what_another_gateway_projects(
    database_url: str, nats_url: str, issuer: Issuer, workers: Workers
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer) as working,
        running_gateway(database_url, nats_url, issuer, loops=False) as answering,
        answering.user() as user,
    ):
        assert working.url != answering.url
        async with listening(user, ITEMS) as listener:
            task_id = await user.generate()
            await eventually(partial(user.is_in, task_id, "STARTED"))
            await workers.finish_all(task_id)
            await eventually(lambda: listener.events and listener.events[-1].data["status"] == "completed")


async def test_strangers_are_told_nothing(gateway: Gateway, user: User, workers: Workers) -> None:
    async with gateway.user() as stranger, listening(stranger, ITEMS) as listener:
        task_id = await user.generate()
        await eventually(partial(user.is_in, task_id, "STARTED"))
        await workers.finish_all(task_id)
        await eventually(partial(user.is_in, task_id, "SUCCESS"))
        own = await stranger.generate()
        await eventually(lambda: listener.events)

    assert {event.data["id"] for event in listener.events} == {own}


async def test_closed_streams_leave_nothing_behind(gateway: Gateway, user: User) -> None:
    streams = gateway.context.metrics.requests.streams.labels(ITEMS)._value
    for _ in range(5):
        async with listening(user, ITEMS):
            assert streams.get() == 1
        await eventually(lambda: streams.get() == 0)

    assert gateway.context.notifications._inboxes == {}


async def test_each_user_may_keep_only_so_many_streams_open(gateway: Gateway, user: User) -> None:
    most = gateway.context.settings.streams_per_user
    async with gateway.user(user.id) as same, gateway.user() as other:
        listeners = [listening(user if n % 2 else same, ITEMS) for n in range(most)]
        for listener in listeners:
            await listener.__aenter__()
        refused = await user.client.get(ITEMS)
        async with listening(other, ITEMS):
            pass
        for listener in listeners:
            await listener.__aexit__(None, None, None)

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
