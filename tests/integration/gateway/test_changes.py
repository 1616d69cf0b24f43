"""Deleting, cancelling and retrying: each wins or loses its race as a whole."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID, uuid4

import pytest
import structlog
from nats.aio.msg import Msg

from scribe.common.errors import CancelledTaskError
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.permissions import IMPORTED_API
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import State
from scribe.common.tasks.steps import Step
from scribe.common.worker.cancellation import Cancellations
from scribe.common.worker.cancelled_runs import CancelledRuns
from tests.support.gateway import Gateway, User
from tests.support.pipeline import Workers, connected
from tests.support.servers import NatsServer, as_user
from tests.support.waiting import eventually


async def started(user: User, workers: Workers) -> tuple[str, PipelineData]:
    """A task whose first message is published."""
    task_id = await user.generate()
    await eventually(partial(user.is_in, task_id, "STARTED"))
    return task_id, await workers.waiting(Step.PARSER, task_id)


@pytest.fixture
async def waiting_user(quiet_gateway: Gateway) -> AsyncIterator[User]:
    """A user whose items nobody relays."""
    async with quiet_gateway.user() as user:
        yield user


async def test_deleted_item_is_gone(waiting_user: User) -> None:
    first, second = await waiting_user.batch(2)

    response = await waiting_user.client.delete(f"/api/queue/{first}")

    assert response.status_code == 200
    assert set(response.json()) == {"message"}
    assert [item["id"] for item in await waiting_user.items()] == [second]
    assert (await waiting_user.client.delete(f"/api/queue/{first}")).status_code == 404


async def test_only_a_pending_item_can_be_deleted(user: User, workers: Workers) -> None:
    task_id, _ = await started(user, workers)
    assert (await user.client.delete(f"/api/queue/{task_id}")).status_code == 400
    await workers.finish_all(task_id)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))

    assert (await user.client.delete(f"/api/queue/{task_id}")).status_code == 400
    assert len(await user.items()) == 1


async def test_item_is_either_deleted_or_relayed_and_never_both(user: User, workers: Workers) -> None:
    ids = await user.batch(30)

    answers = await asyncio.gather(*(user.client.delete(f"/api/queue/{id_}") for id_ in ids))

    statuses = dict(zip(ids, (answer.status_code for answer in answers), strict=True))
    assert set(statuses.values()) <= {200, 400}
    left = {item["id"] for item in await user.items()}
    assert left == {id_ for id_, status in statuses.items() if status == 400}
    for id_, status in statuses.items():
        assert await workers.is_waiting(Step.PARSER, id_) == (status == 400)


async def test_deleting_a_postponed_item_takes_it_from_the_workers(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    await workers.postpone(data, Step.PARSER, seconds=3600)
    await eventually(partial(user.is_in, task_id, "PENDING"))

    assert (await user.client.delete(f"/api/queue/{task_id}")).status_code == 200

    assert not await workers.is_waiting(Step.PARSER, task_id)
    with pytest.raises(CancelledTaskError):
        await Cancellations(await broker.js.key_value("cancelled"), CancelledRuns(broker)).raise_if_cancelled(data)


async def test_cancelled_pending_item_is_never_relayed(waiting_user: User, workers: Workers) -> None:
    (task_id,) = await waiting_user.batch(1)

    response = await waiting_user.client.post(f"/api/queue/{task_id}/cancel")

    assert response.status_code == 200
    assert response.json()["status"] == "failed"
    assert response.json()["cancelled_at"].endswith("Z")
    assert "ancelled" in response.json()["error_message"]
    assert (await waiting_user.client.post(f"/api/queue/{task_id}/cancel")).status_code == 400
    assert not await workers.is_waiting(Step.PARSER, task_id)


async def test_cancelling_a_task_under_way_interrupts_its_worker(
    user: User, workers: Workers, broker: Broker, nats_url: str
) -> None:
    task_id, data = await started(user, workers)
    parser = BrokerSettings(nats_url=as_user(nats_url, Step.PARSER), nats_api_prefix=IMPORTED_API)
    interrupted: list[str] = []

    async def note(message: Msg) -> None:
        interrupted.append(message.subject)

    async with connect(parser, "scribe-parser", structlog.get_logger()) as worker:
        await worker.client.subscribe("cancel.*", cb=note)
        await worker.client.flush()

        assert (await user.client.post(f"/api/queue/{task_id}/cancel")).status_code == 200

        await eventually(lambda: interrupted == [f"cancel.{task_id}"])
    with pytest.raises(CancelledTaskError):
        await Cancellations(await broker.js.key_value("cancelled"), CancelledRuns(broker)).raise_if_cancelled(data)
    assert not await workers.is_waiting(Step.PARSER, task_id)
    assert await user.is_in(task_id, "FAILURE")


async def test_late_messages_do_not_bring_a_cancelled_task_back(user: User, workers: Workers) -> None:
    task_id, data = await started(user, workers)
    other, _ = await started(user, workers)
    await user.client.post(f"/api/queue/{task_id}/cancel")

    await workers.finish(data, Step.PARSER)
    await workers.tell(data, State.FAILED, Step.PARSER, error="No.")
    await workers.tell(data, State.CANCELLED, Step.PARSER)
    await workers.finish_all(other)
    await eventually(partial(user.is_in, other, "SUCCESS"))

    assert "ancelled" in str((await user.status(task_id))["error"])


async def test_written_email_cannot_be_cancelled(user: User, workers: Workers) -> None:
    task_id, data = await started(user, workers)
    await workers.write_email(data)

    assert (await user.client.post(f"/api/queue/{task_id}/cancel")).status_code == 400


async def test_task_is_either_cancelled_or_written_and_never_both(
    user: User, workers: Workers, database_url: str
) -> None:
    ids = await user.batch(20)

    async def all_started() -> bool:
        return all(item["status"] == "processing" for item in await user.items())

    await eventually(all_started)
    tasks = [await workers.waiting(Step.PARSER, id_) for id_ in ids]

    async def write(data: PipelineData) -> bool:
        return await workers.write_unless_cancelled(data)

    written, answers = await asyncio.gather(
        asyncio.gather(*(write(data) for data in tasks)),
        asyncio.gather(*(user.client.post(f"/api/queue/{id_}/cancel") for id_ in ids)),
    )

    for was_written, answer in zip(written, answers, strict=True):
        assert answer.status_code == (400 if was_written else 200)
    async with connected(database_url) as connection:
        assert await connection.fetchval("SELECT count(*) FROM emails") == sum(written)


async def test_failed_item_is_tried_again_as_its_next_run(user: User, workers: Workers) -> None:
    task_id, data = await started(user, workers)
    await workers.tell(data, State.FAILED, Step.PARSER, error="No.")
    await eventually(partial(user.is_in, task_id, "FAILURE"))

    response = await user.client.post(f"/api/queue/{task_id}/retry")

    assert response.status_code == 200
    assert response.json()["status"] == "pending"
    assert response.json()["error_message"] is None
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id, run=2))
    await workers.finish_all(task_id, run=2)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))


async def test_retry_goes_on_at_the_step_that_failed_and_closes_its_dead_letter(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    data = await workers.finish(data, Step.PARSER)
    await workers.dead_letter(data, Step.SCRAPER)
    await workers.tell(data, State.FAILED, Step.SCRAPER, error="No.")
    await eventually(partial(user.is_in, task_id, "FAILURE"))

    await user.client.post(f"/api/queue/{task_id}/retry")

    await eventually(partial(workers.is_waiting, Step.SCRAPER, task_id, run=2))
    assert (await workers.waiting(Step.SCRAPER, task_id, run=2)).parsed == data.parsed

    async def is_closed() -> bool:
        return (await broker.js.stream_info("DEADLETTER")).state.messages == 0

    await eventually(is_closed)


async def test_cancelled_item_can_be_tried_again_and_its_old_run_stays_dead(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    await user.client.post(f"/api/queue/{task_id}/cancel")

    assert (await user.client.post(f"/api/queue/{task_id}/retry")).status_code == 200
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id, run=2))
    await workers.tell(data, State.CANCELLED, Step.PARSER)
    newer = await workers.waiting(Step.PARSER, task_id, run=2)
    await Cancellations(await broker.js.key_value("cancelled"), CancelledRuns(broker)).raise_if_cancelled(newer)
    await workers.finish_all(task_id, run=2)

    await eventually(partial(user.is_in, task_id, "SUCCESS"))


async def test_only_a_failed_item_can_be_tried_again(user: User, workers: Workers) -> None:
    task_id, _ = await started(user, workers)

    assert (await user.client.post(f"/api/queue/{task_id}/retry")).status_code == 400
    await workers.finish_all(task_id)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))
    assert (await user.client.post(f"/api/queue/{task_id}/retry")).status_code == 400


@pytest.mark.parametrize("path", ["/api/queue/{}/cancel", "/api/queue/{}/retry"])
async def test_unknown_item_is_not_found(waiting_user: User, path: str) -> None:
    assert (await waiting_user.client.post(path.format(uuid4()))).status_code == 404


async def test_cancelling_works_while_nats_is_away(gateway: Gateway, user: User, nats_server: NatsServer) -> None:
    await nats_server.kill()
    await eventually(lambda: not gateway.context.broker.is_connected)
    task_id = await user.generate()

    response = await user.client.post(f"/api/queue/{task_id}/cancel")

    assert response.status_code == 200
    assert UUID(response.json()["id"]) == UUID(task_id)
