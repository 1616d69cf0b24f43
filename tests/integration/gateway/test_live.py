"""Server-Sent Events: a snapshot, then each change; resumable, bounded, and without leaks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID, uuid4

import httpx
import pytest

from scribe.common.pipeline import Step
from scribe.common.progress import State
from scribe.gateway.queue.notifications import MOST_UNREAD
from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers, connected
from tests.support.waiting import eventually

ITEMS = "/api/queue/events"


@dataclass
class Event:
    """One event as a browser sees it."""

    id: str
    name: str
    data: dict[str, object]


@dataclass
class Listener:
    """A client of an event stream."""

    response: httpx.Response
    events: list[Event] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    closed: bool = False

    async def listen(self) -> None:
        """Read until the stream ends."""
        fields: dict[str, str] = {}
        async for line in self.response.aiter_lines():
            if line.startswith(":"):
                self.comments.append(line)
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                self.events.append(Event(fields["id"], fields["event"], json.loads(fields["data"])))
                fields = {}
        self.closed = True

    def states(self) -> list[tuple[object, object]]:
        """What was told: status and step."""
        return [(event.data["status"], event.data.get("current_step")) for event in self.events]

    def begun(self, task_id: str) -> list[Event]:
        """What was told of an item since its first step has begun."""
        return [event for event in self.events if event.data["id"] == task_id and event.data["started_at"]]


@asynccontextmanager
async def listening(user: User, path: str, last_event_id: str | None = None) -> AsyncIterator[Listener]:
    """Listen until the block ends."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    async with user.client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        listener = Listener(response)
        task = asyncio.create_task(listener.listen())
        await eventually(lambda: listener.comments)
        yield listener
        task.cancel()


async def is_in(user: User, task_id: str, status: str) -> bool:
    """Whether a task has this status."""
    return (await user.status(task_id))["status"] == status


async def has_begun(user: User, task_id: str) -> bool:
    """Whether a step has begun to work on an item."""
    return any(item["id"] == task_id and item["started_at"] for item in await user.items())


async def test_task_is_followed_live_until_its_end(user: User, workers: Workers) -> None:
    task_id = await user.generate()
    await eventually(partial(is_in, user, task_id, "STARTED"))
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
    await eventually(partial(is_in, user, task_id, "STARTED"))
    await workers.finish_all(task_id)
    await eventually(partial(is_in, user, task_id, "SUCCESS"))

    async with listening(user, f"/api/email/status/{task_id}/events") as listener:
        await eventually(lambda: listener.closed)

    assert [event.data["status"] for event in listener.events] == ["SUCCESS"]


async def test_items_are_told_first_as_they_are_and_then_as_they_change(user: User, workers: Workers) -> None:
    first = await user.generate()
    await eventually(partial(is_in, user, first, "STARTED"))
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
    await eventually(partial(is_in, user, task_id, "STARTED"))
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
        await eventually(partial(is_in, user, task_id, "STARTED"))
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
    await eventually(partial(is_in, user, second, "FAILURE"))

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
        await eventually(partial(is_in, user, task_id, "STARTED"))
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
    await eventually(partial(is_in, user, task_id, "STARTED"))
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
            await eventually(partial(is_in, user, task_id, "STARTED"))
            await workers.finish_all(task_id)
            await eventually(lambda: listener.events and listener.events[-1].data["status"] == "completed")


async def test_strangers_are_told_nothing(gateway: Gateway, user: User, workers: Workers) -> None:
    async with gateway.user() as stranger, listening(stranger, ITEMS) as listener:
        task_id = await user.generate()
        await eventually(partial(is_in, user, task_id, "STARTED"))
        await workers.finish_all(task_id)
        await eventually(partial(is_in, user, task_id, "SUCCESS"))
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


async def test_quiet_stream_is_kept_open_by_pings(database_url: str, nats_url: str, issuer: Issuer) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, loops=False, ping_interval=0.05) as gateway,
        gateway.user() as user,
    ):
        task_id = await user.generate()
        for path in (ITEMS, f"/api/email/status/{task_id}/events"):
            async with listening(user, path) as listener:
                await eventually(partial(_has_pings, listener, 3))


@pytest.mark.parametrize("path", [ITEMS, "/api/email/status/{}/events"])
async def test_change_whose_announcement_was_lost_is_told_with_the_next_ping(
    path: str, database_url: str, nats_url: str, issuer: Issuer
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, loops=False, ping_interval=0.05) as gateway,
        gateway.user() as user,
    ):
        task_id = await user.generate()
        async with listening(user, path.format(task_id)) as listener, connected(database_url) as connection:
            await eventually(partial(_has_pings, listener, 2))
            await connection.execute(
                "UPDATE queue_items SET status = 'processing', state_rank = state_rank + 1, progressed_at = now()"
            )
            await eventually(lambda: len(listener.events) == 2)

            listener.comments.clear()
            await eventually(partial(_has_pings, listener, 3))
            assert len(listener.events) == 2


async def test_lost_announcement_is_made_up_for_also_where_another_item_was_told_since(
    database_url: str, nats_url: str, issuer: Issuer
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, loops=False, ping_interval=0.5) as gateway,
        gateway.user() as user,
        connected(database_url) as connection,
    ):
        lost, told = await user.batch(2)
        async with listening(user, ITEMS) as listener:
            await eventually(lambda: len(listener.events) == 2)
            for task_id, age in ((lost, "2 minutes"), (told, "0 minutes")):
                await connection.execute(
                    "UPDATE queue_items SET status = 'processing', state_rank = state_rank + 1,"
                    " progressed_at = now() - $2::text::interval WHERE id = $1",
                    *(task_id, age),
                )
            (inbox,) = gateway.context.notifications._inboxes[user.id]
            inbox.put(UUID(told))
            await eventually(lambda: {event.data["id"] for event in listener.events[2:]} == {lost, told})


async def test_stream_of_a_task_is_not_woken_by_other_items(database_url: str, nats_url: str, issuer: Issuer) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, loops=False) as gateway,
        gateway.user() as user,
    ):
        task_id = await user.generate()
        async with listening(user, f"/api/email/status/{task_id}/events") as listener:
            await eventually(lambda: listener.events)
            (inbox,) = gateway.context.notifications._inboxes[user.id]
            for _ in range(20):
                inbox.put(uuid4())
                await eventually(lambda: not inbox._changed)
            inbox.put(UUID(task_id))
            await eventually(lambda: ": ping" in listener.comments)

        assert listener.comments.count(": ping") == 1


@pytest.mark.parametrize("path", [ITEMS, "/api/email/status/{}/events"])
async def test_streams_end_when_the_gateway_does(path: str, gateway: Gateway, user: User) -> None:
    async with listening(user, path.format(await user.generate())) as listener:
        gateway.context.notifications.close()
        await eventually(lambda: listener.closed)


async def test_stream_of_a_task_goes_on_after_more_changes_than_it_holds(
    database_url: str, nats_url: str, issuer: Issuer
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, loops=False, ping_interval=0.05) as gateway,
        gateway.user() as user,
    ):
        task_id = await user.generate()
        async with listening(user, f"/api/email/status/{task_id}/events") as listener:
            (inbox,) = gateway.context.notifications._inboxes[user.id]
            for _ in range(MOST_UNREAD + 1):
                inbox.put(uuid4())
            await eventually(lambda: not inbox.overflowed)
            listener.comments.clear()
            await eventually(partial(_has_pings, listener, 3))


def _has_pings(listener: Listener, count: int) -> bool:
    return listener.comments.count(": ping") >= count
