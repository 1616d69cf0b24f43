"""The projector: states are written by their rank, whatever order, number and age the messages have."""

from functools import partial
from itertools import permutations

import pytest

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.progress import State
from scribe.common.tasks.steps import Step
from tests.support.gateway import User
from tests.support.pipeline import Workers
from tests.support.projecting import all_is_projected, started
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
