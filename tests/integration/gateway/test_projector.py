"""The projector: states are written by their rank, whatever order, number and age the messages have."""

from datetime import UTC, datetime
from functools import partial
from itertools import permutations

import pytest
from nats.js.api import StreamConfig

from scribe.common.errors import CancelledTaskError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import MEMO, PIPELINE, StreamLimits, buckets
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.common.worker.cancellation import Cancellations
from scribe.common.worker.cancelled_runs import CancelledRuns
from scribe.gateway.pipeline.purging import purge_runs
from tests.support.gateway import User
from tests.support.pipeline import Workers, connected
from tests.support.projecting import all_is_projected, started
from tests.support.tasks import make_task
from tests.support.waiting import eventually


async def test_failed_task_says_why_and_at_which_step(user: User, workers: Workers) -> None:
    task_id, data = await started(user, workers)
    data = await workers.finish(data, Step.PARSER)
    await workers.tell(data, State.FAILED, Step.SCRAPER, error="The pages could not be read.")

    await eventually(partial(user.is_in, task_id, "FAILURE"))

    status = await user.status(task_id)
    assert status["error"] == "The pages could not be read."
    assert status["result"] == {"current_step": "web_scraper", "step_timings": {"template_parser": 1.25}}
    (item,) = await user.items()
    assert item["error_message"] == "The pages could not be read."
    assert str(item["completed_at"]).endswith("Z")


@pytest.mark.parametrize("order", list(permutations(range(4)))[:: 24 // 6])
async def test_order_of_arrival_does_not_matter(
    user: User, workers: Workers, broker: Broker, order: tuple[int, ...]
) -> None:
    task_id, data = await started(user, workers)
    steps = [(State.STARTED, Step.PARSER), (State.RETRYING, Step.PARSER), (State.STARTED, Step.SCRAPER)]
    steps.append((State.RETRYING, Step.SCRAPER))
    for number in order:
        await workers.tell(data, *steps[number])
    await eventually(partial(all_is_projected, broker))

    result = (await user.status(task_id))["result"]

    assert isinstance(result, dict)
    assert (result["current_step"], result["step_status"]) == ("web_scraper", "retrying")


async def test_late_event_does_not_bring_a_finished_task_back(user: User, workers: Workers, broker: Broker) -> None:
    task_id, data = await started(user, workers)
    await workers.finish_all(task_id)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))

    await workers.tell(data, State.RETRYING, Step.COMPOSER)
    await workers.tell(data, State.FAILED, Step.COMPOSER, error="Too late.")
    await eventually(partial(all_is_projected, broker))

    assert await user.is_in(task_id, "SUCCESS")


async def test_written_email_outranks_the_failure_of_a_newer_run(user: User, workers: Workers) -> None:
    task_id, data = await started(user, workers)
    newer = data.model_copy(update={"run": 2})
    await workers.tell(newer, State.FAILED, Step.PARSER, error="It failed.")
    await eventually(partial(user.is_in, task_id, "FAILURE"))

    await workers.finish(data, Step.COMPOSER)

    await eventually(partial(user.is_in, task_id, "SUCCESS"))
    (item,) = await user.items()
    assert item["error_message"] is None
    assert item["email_id"] is not None


async def test_message_of_an_older_run_does_not_move_a_task_that_was_sent_back(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await started(user, workers)
    await workers.postpone(data, Step.PARSER, seconds=3600)
    await eventually(partial(user.is_in, task_id, "PENDING"))

    await workers.tell(data, State.STARTED, Step.PARSER, attempt=2)
    await workers.tell(data, State.FAILED, Step.PARSER, attempt=2, error="No.")
    await eventually(partial(all_is_projected, broker))

    assert await user.is_in(task_id, "PENDING")


async def test_finished_task_leaves_the_stream(user: User, workers: Workers, broker: Broker) -> None:
    finished, _ = await started(user, workers)
    failing, data = await started(user, workers)
    await workers.finish_all(finished)
    await workers.tell(data, State.FAILED, Step.PARSER, error="No.")
    await eventually(partial(user.is_in, failing, "FAILURE"))
    await eventually(partial(user.is_in, finished, "SUCCESS"))

    async def empty() -> bool:
        return (await broker.js.stream_info("PIPELINE")).state.messages == 0

    await eventually(empty)


async def test_paid_answers_of_a_task_are_kept_until_it_ends(user: User, workers: Workers, broker: Broker) -> None:
    task_id, other = await user.batch(2)
    for each in (task_id, other):
        await broker.js.publish(f"$KV.memo.parser.{each}.1.llm.digest", b"answer")
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    await workers.finish_all(task_id)

    async def kept() -> int:
        return int((await broker.js.stream_info("KV_memo")).state.messages)

    async def only_the_others() -> bool:
        return await kept() == 1

    await eventually(only_the_others)


async def test_paid_answers_are_kept_while_a_message_may_be_delivered_again(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id = await user.generate()
    await broker.js.publish(f"$KV.{MEMO}.scraper.{task_id}.1.exa.digest", b"answer")
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    config: StreamConfig = (await broker.js.stream_info(PIPELINE)).config
    await broker.js.update_stream(config.evolve(deny_purge=True))  # as if the server ended just then

    await workers.finish_all(task_id)
    await eventually(partial(user.is_in, task_id, "SUCCESS"))
    await eventually(partial(all_is_projected, broker))

    assert (await broker.js.stream_info(PIPELINE)).state.messages > 0
    assert (await broker.js.stream_info(f"KV_{MEMO}")).state.messages == 1


async def test_work_on_a_deleted_task_ends_before_its_paid_answers_are_forgotten(
    user: User, workers: Workers, broker: Broker
) -> None:
    _, data = await started(user, workers)
    await broker.js.publish(f"$KV.memo.scraper.{data.task_id}.1.exa.digest", b"answer")
    async with connected(workers.database_url) as connection:
        await connection.execute("DELETE FROM queue_items WHERE id = $1", data.task_id)
    cancellations = Cancellations(await broker.js.key_value("cancelled"), CancelledRuns(broker))
    await cancellations.raise_if_cancelled(data)

    await workers.tell(data, State.STARTED, Step.SCRAPER)
    await eventually(partial(all_is_projected, broker))

    with pytest.raises(CancelledTaskError):
        await cancellations.raise_if_cancelled(data)
    assert (await broker.js.stream_info("KV_memo")).state.messages == 1  # it may still be asked for

    await workers.tell(data, State.CANCELLED, Step.SCRAPER)
    await eventually(partial(all_is_projected, broker))
    assert (await broker.js.stream_info("KV_memo")).state.messages == 0


async def test_tidying_up_after_a_run_leaves_the_next_one_alone(workers: Workers, broker: Broker) -> None:
    data = make_task()
    for run in (1, 2, 3):
        again = data.model_copy(update={"run": run})
        await workers.publisher.transition(again, progress_of(again, State.QUEUED, Step.PARSER, datetime.now(UTC)))

    await purge_runs(broker.js, data.task_id, 2)

    left = [run for run in (1, 2, 3) if await workers.is_waiting(Step.PARSER, data.task_id, run)]
    assert left == [3]


async def test_what_could_not_be_purged_is_purged_with_the_next_batch(
    user: User, workers: Workers, broker: Broker
) -> None:
    first, second = await user.generate(), await user.generate(recipient_interest="another")
    await broker.js.delete_key_value(MEMO)
    await workers.finish_all(first)
    await eventually(partial(user.is_in, first, "SUCCESS"))

    (bucket,) = [bucket for bucket in buckets(StreamLimits()) if bucket.bucket == MEMO]
    memo = await broker.js.create_key_value(bucket)
    await memo.put(f"parser.{first}.llm.digest", b"paid for")
    await workers.finish_all(second)

    async def is_forgotten() -> bool:
        return (await broker.js.stream_info(f"KV_{MEMO}")).state.messages == 0

    await eventually(is_forgotten)
