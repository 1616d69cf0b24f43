"""What ended tasks leave in NATS: their messages go at once, what they have paid for a while later."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import pytest
import structlog
from nats.js.api import StreamConfig

from scribe.common.errors import CancelledTaskError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import MEMO, PIPELINE, StreamLimits, buckets
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import pipeline_subject
from scribe.common.worker.cancellation import Cancellations
from scribe.common.worker.cancelled_runs import CancelledRuns
from scribe.gateway.pipeline.ended_tasks import MAX_KEPT, EndedTask, EndedTasks
from scribe.gateway.pipeline.purging import purge_answers, purge_runs
from tests.support.gateway import User, running_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers, connected
from tests.support.projecting import all_is_projected, started
from tests.support.tasks import make_task
from tests.support.waiting import eventually


async def has_no_message(broker: Broker) -> bool:
    """Whether PIPELINE is empty."""
    return (await broker.js.stream_info(PIPELINE)).state.messages == 0


async def pay(broker: Broker, task_id: UUID | str, request: int = 1) -> None:
    """Keep an answer that a task has paid for, as the scraper does."""
    await broker.js.publish(f"$KV.{MEMO}.scraper.{task_id}.{request}.exa.digest", b"answer")


async def paid(broker: Broker) -> set[str]:
    """The tasks and requests whose answers are kept."""
    info = await broker.js.stream_info(f"KV_{MEMO}", subjects_filter=">")
    return {".".join(subject.split(".")[3:5]) for subject in info.state.subjects or ()}


async def has_paid(broker: Broker, *expected: UUID | str) -> bool:
    """Whether the answers of these tasks' first requests are kept, and no others."""
    return await paid(broker) == {f"{task_id}.1" for task_id in expected}


async def test_finished_task_leaves_the_stream(user: User, workers: Workers, broker: Broker) -> None:
    finished, _ = await started(user, workers)
    failing, data = await started(user, workers)
    await workers.finish_all(finished)
    await workers.tell(data, State.FAILED, Step.PARSER, error="No.")
    await eventually(partial(user.is_in, failing, "FAILURE"))
    await eventually(partial(user.is_in, finished, "SUCCESS"))

    await eventually(partial(has_no_message, broker))


async def test_paid_answers_of_a_task_are_kept_until_it_ends(user: User, workers: Workers, broker: Broker) -> None:
    task_id, other = await user.batch(2)
    for each in (task_id, other):
        await pay(broker, each)
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    await workers.finish_all(task_id)

    await eventually(partial(has_paid, broker, other))


async def test_paid_answers_outlast_their_task_for_a_step_that_is_being_done_again(
    database_url: str, nats_url: str, issuer: Issuer, workers: Workers, broker: Broker
) -> None:
    async with running_gateway(database_url, nats_url, issuer, answers_kept=3600) as gateway, gateway.user() as user:
        for task_id in (tasks := await user.batch(2)):
            await pay(broker, task_id)
            await workers.finish_all(task_id)
            await eventually(partial(user.is_in, task_id, "SUCCESS"))
        await eventually(partial(has_no_message, broker))  # so that all is done that follows from the first end
        assert await has_paid(broker, *tasks)


async def test_only_so_many_ended_tasks_have_their_answers_kept(broker: Broker) -> None:
    ended, tasks = EndedTasks(broker, structlog.get_logger(), answers_kept=3600), [uuid4() for _ in range(MAX_KEPT + 1)]
    for task_id in (tasks[0], tasks[-1]):
        await pay(broker, task_id)
    for batch in (tasks[:1], tasks[1:]):
        await ended.purge([EndedTask(task_id, run=1, request=1) for task_id in batch])
    async with asyncio.TaskGroup() as running:
        forgetting = running.create_task(ended.run())
        await eventually(partial(has_paid, broker, tasks[-1]))
        forgetting.cancel()


async def test_a_retry_keeps_what_it_has_paid_for_when_the_first_request_is_forgotten(broker: Broker) -> None:
    task_id = uuid4()
    for request in (1, 2):
        await pay(broker, task_id, request)

    await purge_answers(broker.js, task_id, request=1)

    assert await paid(broker) == {f"{task_id}.2"}


async def test_paid_answers_are_kept_while_a_message_may_be_delivered_again(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id = await user.generate()
    await pay(broker, task_id)
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    config: StreamConfig = (await broker.js.stream_info(PIPELINE)).config
    await broker.js.update_stream(config.evolve(deny_purge=True))  # as if the server ended just then

    await workers.finish_all(task_id)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))
    await eventually(partial(all_is_projected, broker))

    assert (await broker.js.stream_info(PIPELINE)).state.messages > 0
    assert await has_paid(broker, task_id)


async def test_work_on_a_deleted_task_ends_before_its_paid_answers_are_forgotten(
    user: User, workers: Workers, broker: Broker
) -> None:
    _, data = await started(user, workers)
    await pay(broker, data.task_id)
    async with connected(workers.database_url) as connection:
        await connection.execute("DELETE FROM queue_items WHERE id = $1", data.task_id)
    cancellations = Cancellations(await broker.js.key_value("cancelled"), CancelledRuns(broker))
    await cancellations.raise_if_cancelled(data)

    await workers.tell(data, State.STARTED, Step.SCRAPER)
    await eventually(partial(all_is_projected, broker))

    with pytest.raises(CancelledTaskError):
        await cancellations.raise_if_cancelled(data)
    assert await has_paid(broker, str(data.task_id))  # they may still be asked for

    await workers.tell(data, State.CANCELLED, Step.SCRAPER)
    await eventually(partial(all_is_projected, broker))
    assert await has_paid(broker)


@pytest.mark.parametrize("last", [1, 2])
async def test_tidying_up_after_a_run_leaves_the_next_one_alone(workers: Workers, broker: Broker, last: int) -> None:
    data = make_task()
    for run in (1, 2, 3):
        again = data.model_copy(update={"run": run})
        await workers.publisher.transition(again, progress_of(again, State.QUEUED, Step.PARSER, datetime.now(UTC)))

    await purge_runs(broker.js, data.task_id, last)

    left = [run for run in (1, 2, 3) if await workers.is_waiting(Step.PARSER, data.task_id, run)]
    assert left == [run for run in (1, 2, 3) if run > last]


@pytest.mark.parametrize(("run", "last"), [(1, 1), (2, 2), (2, None)])
async def test_ended_tasks_are_purged_without_counting_what_is_queued(
    broker: Broker, run: int, last: int | None
) -> None:
    """A purge by a pattern makes the server count anew what waits at each consumer; one by a whole subject does not."""
    task_id, requests = uuid4(), await broker.client.subscribe(f"$JS.API.STREAM.PURGE.{PIPELINE}")
    for step in (*ROUTE, Step.DONE):
        await broker.js.publish(str(pipeline_subject(step, task_id, run)), b"")

    await purge_runs(broker.js, task_id, last)

    await broker.client.flush()
    purged = [json.loads((await requests.next_msg()).data)["filter"] for _ in range(requests.pending_msgs)]
    assert sorted(purged) == sorted(str(pipeline_subject(step, task_id, run)) for step in (*ROUTE, Step.DONE))
    assert await has_no_message(broker)


async def test_an_ended_task_is_purged_again_only_for_a_message_that_came_late(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    await workers.finish_all(task_id)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))
    await eventually(partial(has_no_message, broker))
    requests = await broker.client.subscribe(f"$JS.API.STREAM.PURGE.{PIPELINE}")

    await workers.tell(data, State.STARTED, Step.COMPOSER)
    await eventually(partial(all_is_projected, broker))
    assert requests.pending_msgs == 0

    late = progress_of(data, State.QUEUED, Step.SCRAPER, datetime.now(UTC))
    await workers.publisher.publish(late.subject, b"", late.headers())
    await eventually(lambda: requests.pending_msgs)
    await eventually(partial(has_no_message, broker))


async def test_what_could_not_be_purged_is_purged_with_the_next_batch(
    user: User, workers: Workers, broker: Broker
) -> None:
    first, second = await user.generate(), await user.generate(recipient_interest="another")
    await broker.js.delete_key_value(MEMO)
    await workers.finish_all(first)
    await eventually(partial(user.is_in, first, "SUCCESS"))

    (bucket,) = [bucket for bucket in buckets(StreamLimits()) if bucket.bucket == MEMO]
    memo = await broker.js.create_key_value(bucket)
    await memo.put(f"parser.{first}.1.llm.digest", b"paid for")
    await workers.finish_all(second)

    await eventually(partial(has_paid, broker))
