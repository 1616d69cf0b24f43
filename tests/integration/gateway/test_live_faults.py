"""Event streams that are quiet, overwhelmed, told nothing of a change, or open when the gateway ends."""

from functools import partial
from uuid import UUID, uuid4

import pytest

from scribe.gateway.pipeline.notifications import MAX_UNREAD
from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import Issuer
from tests.support.listening import ITEMS, Listener, listening
from tests.support.pipeline import connected
from tests.support.waiting import eventually


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


async def test_stream_of_a_task_is_not_woken_by_other_items(quiet_gateway: Gateway) -> None:
    async with quiet_gateway.user() as user:
        task_id = await user.generate()
        async with listening(user, f"/api/email/status/{task_id}/events") as listener:
            await eventually(lambda: listener.events)
            (inbox,) = quiet_gateway.context.notifications._inboxes[user.id]
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
            for _ in range(MAX_UNREAD + 1):
                inbox.put(uuid4())
            await eventually(lambda: not inbox.overflowed)
            listener.comments.clear()
            await eventually(partial(_has_pings, listener, 3))


def _has_pings(listener: Listener, count: int) -> bool:
    return listener.comments.count(": ping") >= count
