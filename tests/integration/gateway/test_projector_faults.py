"""The projector while something is away or cannot be read: nothing is lost, and nothing holds up the rest."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from functools import partial

from nats.aio.msg import Msg

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import notify_subject
from scribe.gateway.pipeline.purging import purge_runs
from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers, connected
from tests.support.projecting import is_projected, started
from tests.support.servers import NatsServer
from tests.support.tasks import make_task
from tests.support.waiting import eventually


async def test_messages_of_a_deleted_task_are_taken_for_nothing_and_leave_the_stream(
    user: User, workers: Workers, broker: Broker, database_url: str
) -> None:
    data = await deleted_under_way(user, workers, database_url)
    finished = await workers.finish(data, Step.PARSER)
    await workers.tell(finished, State.CANCELLED, Step.SCRAPER)

    await eventually(partial(is_empty, broker))
    assert await user.items() == []


async def test_message_of_a_deleted_task_that_was_postponed_leaves_the_stream(
    user: User, workers: Workers, broker: Broker, database_url: str
) -> None:
    data = await deleted_under_way(user, workers, database_url)
    await workers.tell(data, State.RETRYING, Step.PARSER, delay=600.0)

    await eventually(partial(is_empty, broker))


async def deleted_under_way(user: User, workers: Workers, database_url: str) -> PipelineData:
    """What the parser works on while its item is deleted."""
    _task_id, data = await started(user, workers)
    async with connected(database_url) as connection:
        await connection.execute("DELETE FROM queue_items")
    return data


async def is_empty(broker: Broker) -> bool:
    """Whether no task has a message."""
    return (await broker.js.stream_info("PIPELINE")).state.messages == 0


async def test_message_that_cannot_be_written_holds_up_no_other(user: User, workers: Workers) -> None:
    task_id, data = await started(user, workers)
    poisoned, other = await started(user, workers)
    await workers.tell(other, State.FAILED, Step.PARSER, error="A NUL: \x00.")
    await workers.tell(data, State.FAILED, Step.PARSER, error="An ordinary failure.")

    await eventually(partial(user.is_in, task_id, "FAILURE"))
    assert await user.is_in(poisoned, "STARTED")


async def test_unreadable_headers_hold_up_no_other(user: User, workers: Workers, broker: Broker) -> None:
    task_id, data = await started(user, workers)
    await broker.js.publish("events.nobody.nothing.started", b"")
    await broker.js.publish(f"events.{user.id}.{task_id}.failed", b"", headers={"Scribe-Step": "nowhere"})
    await workers.tell(data, State.RETRYING, Step.PARSER, at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is wrong
    await workers.tell(data, State.FAILED, Step.PARSER, error="An ordinary failure.")

    await eventually(partial(user.is_in, task_id, "FAILURE"))


async def test_change_is_announced_also_where_its_stream_is_gone(
    gateway: Gateway, user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    announced: list[dict[str, list[str]]] = []

    async def note(message: Msg) -> None:
        announced.append(json.loads(message.data))

    gateways = gateway.context.broker.client  # announcements stay within the account that the gateways share
    await gateways.subscribe(notify_subject(user.id), cb=note)
    await gateways.flush()
    await broker.js.delete_stream("PIPELINE")
    await workers.tell(data, State.FAILED, Step.PARSER, error="No.")

    await eventually(lambda: any(task_id in change["ids"] for change in announced))


async def test_skipped_step_is_named_in_the_row(user: User, workers: Workers) -> None:
    task_id, data = await started(user, workers)
    data = data.model_copy(update={"skipped": (Step.ARXIV,), "step_timings": {Step.ARXIV: 0.0}})
    await workers.tell(data, State.STARTED, Step.COMPOSER)

    async def skipped() -> bool:
        return (await user.items())[0]["skipped_steps"] == ["arxiv_helper"]

    await eventually(skipped)
    result = (await user.status(task_id))["result"]
    assert isinstance(result, dict)
    assert result["step_timings"] == {"arxiv_helper": 0.0}


async def test_two_projectors_bring_every_task_to_its_end(
    database_url: str, nats_url: str, issuer: Issuer, workers: Workers
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, in_flight=100, in_flight_per_user=100) as first,
        running_gateway(database_url, nats_url, issuer),
        first.user() as user,
    ):
        ids = await user.batch(60)

        async def all_started() -> bool:
            return all(item["status"] == "processing" for item in await user.items())

        await eventually(all_started)
        for task_id in random.sample(ids, len(ids)):
            await workers.finish_all(task_id)

        async def all_done() -> bool:
            return all(item["status"] == "completed" for item in await user.items())

        await eventually(all_done, timeout=30)


async def test_states_told_while_the_gateway_was_away_are_projected_when_it_is_back(
    database_url: str, nats_url: str, issuer: Issuer, workers: Workers
) -> None:
    async with running_gateway(database_url, nats_url, issuer) as gateway, gateway.user() as user:
        task_id, _ = await started(user, workers)
    await workers.finish_all(task_id)

    async with running_gateway(database_url, nats_url, issuer) as gateway, gateway.user(user.id) as again:
        await eventually(partial(again.is_in, task_id, "SUCCESS"))


async def test_projection_goes_on_after_nats_was_killed(
    gateway: Gateway, user: User, workers: Workers, nats_server: NatsServer
) -> None:
    task_id, _ = await started(user, workers)
    await nats_server.kill()
    await nats_server.start()
    await eventually(lambda: gateway.context.broker.is_connected)
    await eventually(lambda: workers.is_connected)

    await workers.finish_all(task_id)

    await eventually(partial(user.is_in, task_id, "SUCCESS"), timeout=30)


async def test_no_failure_is_without_a_sentence(user: User, workers: Workers) -> None:
    failed, cancelled = await user.batch(2)
    for task_id, state in ((failed, State.FAILED), (cancelled, State.CANCELLED)):
        await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
        await workers.tell(await workers.waiting(Step.PARSER, task_id), state, Step.PARSER)

    async def both_ended() -> bool:
        return all(item["status"] == "failed" for item in await user.items())

    await eventually(both_ended)
    items = {item["id"]: item for item in await user.items()}
    assert items[failed]["error_message"]
    assert items[failed]["cancelled_at"] is None
    assert items[cancelled]["error_message"] == "Cancelled by you."
    assert items[cancelled]["cancelled_at"]


async def test_task_with_an_email_does_not_fail_any_more(user: User, workers: Workers, broker: Broker) -> None:
    task_id = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    data = await workers.waiting(Step.PARSER, task_id)
    await workers.write_email(data)
    await workers.tell(data, State.FAILED, Step.COMPOSER)
    await eventually(partial(is_projected, broker, "EVENTS"))
    assert (await user.status(task_id))["status"] == "STARTED"


async def test_a_workers_clock_decides_nothing(user: User, workers: Workers, database_url: str) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    task_id = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    data = await workers.waiting(Step.PARSER, task_id)
    async with connected(database_url) as connection:
        await workers.tell(data, State.STARTED, Step.PARSER, at=ahead)
        soon = "SELECT started_at < now() + interval '1 minute' FROM queue_items"
        await eventually(lambda: connection.fetchval(soon))
    await workers.tell(data, State.RETRYING, Step.PARSER, at=ahead, delay=0.0, error="Busy.")
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id, run=2))


async def test_purging_costs_what_is_there_and_not_what_the_run_says(workers: Workers, broker: Broker) -> None:
    data = make_task(run=400_000)
    await workers.publisher.transition(data, progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC)))
    async with asyncio.timeout(20):
        await purge_runs(broker.js, data.task_id, 400_000)
    assert not await workers.is_waiting(Step.PARSER, data.task_id, run=400_000)
