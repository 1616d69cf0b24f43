"""The reconciler: nothing is lost, whatever becomes of the messages, and nothing is done twice without need."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest
import structlog

from scribe.common.messaging.broker import Broker
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.gateway.pipeline.reconciler import Reconciler
from scribe.gateway.pipeline.states import MAX_REQUEUES
from scribe.gateway.settings import GatewaySettings
from tests.support.deadlines import stretched
from tests.support.gateway import Gateway, User, gateway_settings, running_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers, connected
from tests.support.tasks import make_task
from tests.support.waiting import eventually

STALE_AFTER = 60


@pytest.fixture
async def reconciler(gateway: Gateway, database_url: str, nats_url: str, issuer: Issuer) -> Reconciler:
    """A reconciler that looks when the test says so."""
    return reconciler_of(gateway, gateway_settings(database_url, nats_url, issuer, stale_after=STALE_AFTER))


def reconciler_of(gateway: Gateway, settings: GatewaySettings) -> Reconciler:
    context = gateway.context
    log = structlog.get_logger()
    return Reconciler(context.database, context.broker, settings, log, Metrics().tasks, reissued=context.wake_relay)


async def is_in(user: User, task_id: str, status: str) -> bool:
    """Whether a task has this status."""
    return (await user.status(task_id))["status"] == status


async def is_at(user: User, task_id: str, step: str, step_status: str) -> bool:
    """Whether a task stands there."""
    result = (await user.status(task_id))["result"]
    return isinstance(result, dict) and (result["current_step"], result["step_status"]) == (step, step_status)


async def started(user: User, workers: Workers) -> tuple[str, PipelineData]:
    """A task whose first message is published, and projected: nothing more happens to it by itself."""
    task_id = await user.generate()
    await eventually(partial(is_in, user, task_id, "STARTED"))
    await eventually(partial(is_projected, workers.broker))
    return task_id, await workers.waiting(Step.PARSER, task_id)


async def is_projected(broker: Broker) -> bool:
    """Whether the projector has seen everything."""
    info = await broker.js.consumer_info("PIPELINE", "projector")
    return not info.num_pending and not info.num_ack_pending


async def be_silent(database_url: str, seconds: float) -> None:
    """Let time pass without progress."""
    async with connected(database_url) as connection:
        await connection.execute(
            "UPDATE queue_items SET progressed_at = progressed_at - make_interval(secs => $1)", seconds
        )


async def take(broker: Broker, step: Step) -> None:
    """Take the next message of a step and settle it without an outcome."""
    subscription = await broker.js.pull_subscribe_bind(step, stream="PIPELINE")
    (message,) = await subscription.fetch(1, timeout=stretched(20))
    await message.ack_sync()
    await subscription.unsubscribe()


async def test_message_that_waits_for_a_slow_step_is_not_issued_again(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str
) -> None:
    task_id, _ = await started(user, workers)
    await be_silent(database_url, 24 * 3600)

    await reconciler.round()

    assert await is_in(user, task_id, "STARTED")
    assert not await workers.is_waiting(Step.PARSER, task_id, run=2)


async def test_message_that_was_consumed_without_an_outcome_is_issued_again_as_the_next_run(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str, broker: Broker
) -> None:
    task_id, _ = await started(user, workers)
    await take(broker, Step.PARSER)
    await be_silent(database_url, STALE_AFTER + 1)

    await reconciler.round()

    await eventually(partial(workers.is_waiting, Step.PARSER, task_id, run=2))


async def test_reissued_task_goes_on_from_the_last_step_it_reached(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    data = await workers.finish(data, Step.PARSER)
    await workers.tell(data, State.STARTED, Step.SCRAPER)

    await eventually(partial(is_at, user, task_id, "web_scraper", "started"))
    await take(broker, Step.SCRAPER)
    await be_silent(database_url, STALE_AFTER + 1)

    await reconciler.round()

    await eventually(partial(workers.is_waiting, Step.SCRAPER, task_id, run=2))
    resumed = await workers.waiting(Step.SCRAPER, task_id, run=2)
    assert resumed.parsed == data.parsed
    await workers.finish(resumed.model_copy(update={"run": 2}), Step.COMPOSER)
    await eventually(partial(is_in, user, task_id, "SUCCESS"))


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

        assert await is_in(user, task_id, "STARTED")
        await take(broker, Step.SCRAPER)

        await reconciler.round()

        assert await is_in(user, task_id, "PENDING")
        assert await connection.fetchval("SELECT resume_step FROM queue_items") == "scraper"


async def test_recent_progress_is_left_alone(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str, broker: Broker
) -> None:
    task_id, _ = await started(user, workers)
    await take(broker, Step.PARSER)
    await be_silent(database_url, STALE_AFTER - 30)

    await reconciler.round()

    assert not await workers.is_waiting(Step.PARSER, task_id, run=2)


async def test_written_email_whose_end_was_never_told_completes_its_task(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str
) -> None:
    task_id, data = await started(user, workers)
    email_id = await workers.write_email(data)
    await be_silent(database_url, STALE_AFTER + 1)

    await reconciler.round()

    assert await is_in(user, task_id, "SUCCESS")
    (item,) = await user.items()
    assert item["email_id"] == str(email_id)
    assert not await workers.is_waiting(Step.PARSER, task_id)


async def test_email_that_the_database_lost_is_written_again_before_its_task_is_completed(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    for step in (Step.PARSER, Step.SCRAPER, Step.ARXIV):
        data = await workers.finish(data, step)
    lost = data.model_copy(update={"email_id": uuid4()})
    await workers.publisher.transition(lost, progress_of(lost, State.DONE, Step.DONE, datetime.now(UTC)))
    await eventually(partial(is_projected, broker))
    assert await is_in(user, task_id, "STARTED")
    await be_silent(database_url, STALE_AFTER + 1)

    await reconciler.round()

    await eventually(partial(workers.is_waiting, Step.COMPOSER, task_id, run=2))
    await workers.finish(data.model_copy(update={"run": 2}), Step.COMPOSER)
    await eventually(partial(is_in, user, task_id, "SUCCESS"))


async def test_all_of_jetstream_may_be_deleted_and_no_item_is_lost(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str, broker: Broker
) -> None:
    ids = await user.batch(12)

    async def all_started() -> bool:
        return all(item["status"] == "processing" for item in await user.items())

    await eventually(all_started)
    await workers.finish(await workers.waiting(Step.PARSER, ids[0]), Step.PARSER)
    await eventually(partial(is_projected, broker))
    for stream in ("PIPELINE", "EVENTS", "DEADLETTER", "LOOKUPS", "TURNS", "PAPERS", "KV_cancelled", "KV_memo"):
        await broker.js.delete_stream(stream)
    await be_silent(database_url, STALE_AFTER + 1)

    await reconciler.round()

    async def all_issued_again() -> bool:
        return all([await workers.is_waiting(Step.PARSER, task_id, run=2) for task_id in ids])

    await eventually(all_issued_again)
    for task_id in ids:
        await workers.finish_all(task_id, run=2)

    async def all_done() -> bool:
        return all(item["status"] == "completed" for item in await user.items())

    await eventually(all_done, timeout=60)


async def test_task_that_begins_anew_after_a_loss_can_be_postponed_as_any_other(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    data = await workers.finish(data, Step.PARSER)
    await workers.tell(data, State.STARTED, Step.SCRAPER)
    await eventually(partial(is_at, user, task_id, "web_scraper", "started"))
    await broker.js.purge_stream("PIPELINE")
    await be_silent(database_url, STALE_AFTER + 1)

    await reconciler.round()

    await eventually(partial(workers.is_waiting, Step.PARSER, task_id, run=2))
    again = await workers.waiting(Step.PARSER, task_id, run=2)
    await workers.tell(again, State.STARTED, Step.PARSER)
    await eventually(partial(is_at, user, task_id, "template_parser", "started"))
    await workers.postpone(again, Step.PARSER, seconds=3600)
    await eventually(partial(is_in, user, task_id, "PENDING"))


async def test_task_that_is_lost_again_and_again_fails_with_a_sentence(
    user: User, workers: Workers, reconciler: Reconciler, database_url: str, broker: Broker
) -> None:
    task_id, _ = await started(user, workers)
    await take(broker, Step.PARSER)
    async with connected(database_url) as connection:
        await connection.execute("UPDATE queue_items SET requeue_count = $1", MAX_REQUEUES)
    await be_silent(database_url, STALE_AFTER + 1)

    await reconciler.round()

    assert await is_in(user, task_id, "FAILURE")
    assert "Something went wrong" in str((await user.status(task_id))["error"])
    assert not await workers.is_waiting(Step.PARSER, task_id, run=2)


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
        await eventually(partial(is_in, user, task_id, "STARTED"))

    assert not await workers.is_waiting(Step.PARSER, task_id, run=3)


async def test_answers_kept_for_repeated_requests_are_forgotten_after_a_day(
    user: User, reconciler: Reconciler, database_url: str
) -> None:
    await user.client.post("/api/queue/batch", json={}, headers={"Idempotency-Key": "never-claimed"})
    body = {"email_template": "Dear {{name}}, hello", "recipient_name": "Ada", "recipient_interest": "fluids"}
    await user.client.post("/api/email/generate", json=body, headers={"Idempotency-Key": "old"})
    async with connected(database_url) as connection:
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 1
        await connection.execute("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'")

        await reconciler.round()

        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0
