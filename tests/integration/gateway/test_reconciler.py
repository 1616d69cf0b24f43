"""The reconciler: nothing is lost, whatever becomes of the messages, and nothing is done twice without need."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.gateway.pipeline.reconciler import MAX_WORK
from scribe.gateway.pipeline.states import MAX_REQUEUES
from tests.support.gateway import Gateway, User, gateway_settings, running_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers, connected
from tests.support.reconciling import STALE_AFTER, Reconciling, be_silent, reconciler_of, started, take
from tests.support.tasks import make_task
from tests.support.waiting import eventually


@pytest.fixture
def world(
    gateway: Gateway, user: User, workers: Workers, database_url: str, nats_url: str, issuer: Issuer
) -> Reconciling:
    """A user's tasks, and a reconciler that looks when the test says so."""
    settings = gateway_settings(database_url, nats_url, issuer, stale_after=STALE_AFTER)
    return Reconciling(user, workers, reconciler_of(gateway, settings), database_url)


async def test_message_that_waits_for_a_slow_step_is_not_issued_again(world: Reconciling) -> None:
    task_id, _ = await world.started()

    await world.look(after=24 * 3600)

    assert await world.user.is_in(task_id, "STARTED")
    assert not await world.workers.is_waiting(Step.PARSER, task_id, run=2)


async def test_message_that_waited_long_and_has_just_begun_is_not_issued_again(
    world: Reconciling, gateway: Gateway, database_url: str, nats_url: str, issuer: Issuer
) -> None:
    """The row has been silent for hours by then, and does not know yet that the work has begun."""
    now = 0.0
    settings = gateway_settings(database_url, nats_url, issuer, stale_after=STALE_AFTER)
    reconciler = reconciler_of(gateway, settings, clock=lambda: now)
    task_id, _ = await world.started()
    await world.begin(Step.PARSER)
    await be_silent(database_url, 24 * 3600)

    await reconciler.round()
    now += MAX_WORK * STALE_AFTER - 1
    await reconciler.round()

    assert not await world.workers.is_waiting(Step.PARSER, task_id, run=2)
    now += 1
    await reconciler.round()
    await eventually(partial(world.workers.is_waiting, Step.PARSER, task_id, run=2))


async def test_message_that_was_consumed_without_an_outcome_is_issued_again_as_the_next_run(world: Reconciling) -> None:
    task_id, _ = await world.started()
    await world.lose(Step.PARSER)

    await world.look()

    await eventually(partial(world.workers.is_waiting, Step.PARSER, task_id, run=2))


async def test_reissued_task_goes_on_from_the_last_step_it_reached(world: Reconciling) -> None:
    task_id, data = await world.started()
    data = await world.workers.finish(data, Step.PARSER)
    await world.workers.tell(data, State.STARTED, Step.SCRAPER)

    await eventually(partial(world.user.is_at, task_id, "web_scraper", "started"))
    await world.lose(Step.SCRAPER)

    await world.look()

    await eventually(partial(world.workers.is_waiting, Step.SCRAPER, task_id, run=2))
    resumed = await world.workers.waiting(Step.SCRAPER, task_id, run=2)
    assert resumed.parsed == data.parsed
    await world.workers.finish(resumed.model_copy(update={"run": 2}), Step.COMPOSER)
    await eventually(partial(world.user.is_in, task_id, "SUCCESS"))


async def test_task_is_looked_for_where_its_last_message_is_although_its_row_does_not_know_yet(
    quiet_gateway: Gateway, workers: Workers, database_url: str, nats_url: str, issuer: Issuer, broker: Broker
) -> None:
    reconciler = reconciler_of(quiet_gateway, gateway_settings(database_url, nats_url, issuer, stale_after=STALE_AFTER))
    async with quiet_gateway.user() as user, connected(database_url) as connection:
        task_id = await user.generate()
        await connection.execute("UPDATE queue_items SET status = 'processing', current_step = 'template_parser'")
        data = make_task(task_id=task_id, user_id=user.id)
        await workers.publisher.transition(data, progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC)))
        await take(broker, Step.PARSER)
        await workers.finish(data, Step.PARSER)
        await be_silent(database_url, STALE_AFTER + 1)

        await reconciler.round()

        assert await user.is_in(task_id, "STARTED")
        await take(broker, Step.SCRAPER)

        await reconciler.round()

        assert await user.is_in(task_id, "PENDING")
        assert await connection.fetchval("SELECT resume_step FROM queue_items") == "scraper"


async def test_recent_progress_is_left_alone(world: Reconciling) -> None:
    task_id, _ = await world.started()
    await world.lose(Step.PARSER)

    await world.look(after=STALE_AFTER - 30)

    assert not await world.workers.is_waiting(Step.PARSER, task_id, run=2)


async def test_written_email_whose_end_was_never_told_completes_its_task(world: Reconciling) -> None:
    task_id, data = await world.started()
    email_id = await world.workers.write_email(data)

    await world.look()

    assert await world.user.is_in(task_id, "SUCCESS")
    (item,) = await world.user.items()
    assert item["email_id"] == str(email_id)
    assert not await world.workers.is_waiting(Step.PARSER, task_id)


async def test_email_that_the_database_lost_is_written_again_before_its_task_is_completed(world: Reconciling) -> None:
    task_id, data = await world.started()
    for step in (Step.PARSER, Step.SCRAPER, Step.ARXIV):
        data = await world.workers.finish(data, step)
    lost = data.model_copy(update={"email_id": uuid4()})
    await world.workers.publisher.transition(lost, progress_of(lost, State.DONE, Step.DONE, datetime.now(UTC)))
    await eventually(world.is_projected)
    assert await world.user.is_in(task_id, "STARTED")

    await world.look()

    await eventually(partial(world.workers.is_waiting, Step.COMPOSER, task_id, run=2))
    await world.workers.finish(data.model_copy(update={"run": 2}), Step.COMPOSER)
    await eventually(partial(world.user.is_in, task_id, "SUCCESS"))


async def test_all_of_jetstream_may_be_deleted_and_no_item_is_lost(world: Reconciling) -> None:
    ids = await world.user.batch(12)

    async def all_started() -> bool:
        return all(item["status"] == "processing" for item in await world.user.items())

    await eventually(all_started)
    await world.workers.finish(await world.workers.waiting(Step.PARSER, ids[0]), Step.PARSER)
    await eventually(world.is_projected)
    for stream in ("PIPELINE", "EVENTS", "DEADLETTER", "LOOKUPS", "TURNS", "PAPERS", "KV_cancelled", "KV_memo"):
        await world.broker.js.delete_stream(stream)

    await world.look()

    async def all_issued_again() -> bool:
        return all([await world.workers.is_waiting(Step.PARSER, task_id, run=2) for task_id in ids])

    await eventually(all_issued_again)
    for task_id in ids:
        await world.workers.finish_all(task_id, run=2)

    async def all_done() -> bool:
        return all(item["status"] == "completed" for item in await world.user.items())

    await eventually(all_done, timeout=60)


async def test_task_that_begins_anew_after_a_loss_can_be_postponed_as_any_other(world: Reconciling) -> None:
    task_id, data = await world.started()
    data = await world.workers.finish(data, Step.PARSER)
    await world.workers.tell(data, State.STARTED, Step.SCRAPER)
    await eventually(partial(world.user.is_at, task_id, "web_scraper", "started"))
    await world.broker.js.purge_stream("PIPELINE")

    await world.look()

    await eventually(partial(world.workers.is_waiting, Step.PARSER, task_id, run=2))
    again = await world.workers.waiting(Step.PARSER, task_id, run=2)
    await world.workers.tell(again, State.STARTED, Step.PARSER)
    await eventually(partial(world.user.is_at, task_id, "template_parser", "started"))
    await world.workers.postpone(again, Step.PARSER, seconds=3600)
    await eventually(partial(world.user.is_in, task_id, "PENDING"))


async def test_task_that_is_lost_again_and_again_fails_with_a_sentence(world: Reconciling) -> None:
    task_id, _ = await world.started()
    await world.lose(Step.PARSER)
    async with connected(world.database_url) as connection:
        await connection.execute("UPDATE queue_items SET requeue_count = $1", MAX_REQUEUES)

    await world.look()

    assert await world.user.is_in(task_id, "FAILURE")
    assert "Something went wrong" in str((await world.user.status(task_id))["error"])
    assert not await world.workers.is_waiting(Step.PARSER, task_id, run=2)


@pytest.fixture
async def two_gateways(database_url: str, nats_url: str, issuer: Issuer) -> AsyncIterator[Gateway]:
    """Two replicas that reconcile all the time."""
    quick = partial(running_gateway, database_url, nats_url, issuer, reconcile_interval=0.05, stale_after=STALE_AFTER)
    async with quick() as first, quick():
        yield first


async def test_two_reconcilers_issue_a_task_again_only_once(
    two_gateways: Gateway, workers: Workers, database_url: str, broker: Broker
) -> None:
    async with two_gateways.user() as user:
        task_id, _ = await started(user, workers)
        await take(broker, Step.PARSER)
        await be_silent(database_url, STALE_AFTER + 1)

        await eventually(partial(workers.is_waiting, Step.PARSER, task_id, run=2))
        await eventually(partial(user.is_in, task_id, "STARTED"))

    assert not await workers.is_waiting(Step.PARSER, task_id, run=3)
