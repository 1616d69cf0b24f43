"""What has begun and comes back through the relay: when it may, that it finds room, and what it leaves behind."""

from contextlib import suppress
from functools import partial

from nats.js.errors import APIError

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import MIB
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from tests.support.gateway import User
from tests.support.pipeline import Workers, has_published
from tests.support.waiting import eventually


async def parsed(user: User, workers: Workers) -> tuple[str, PipelineData]:
    """A task that the parser has finished, and what the scraper gets."""
    task_id = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    return task_id, await workers.finish(await workers.waiting(Step.PARSER, task_id), Step.PARSER)


async def test_postponed_task_comes_back_to_its_step_with_what_was_found(user: User, workers: Workers) -> None:
    task_id, data = await parsed(user, workers)
    await workers.postpone(data, Step.SCRAPER, seconds=0.2)

    async def again() -> bool:
        return await workers.is_waiting(Step.SCRAPER, task_id, run=2)

    await eventually(again)
    resumed = await workers.waiting(Step.SCRAPER, task_id, run=2)
    assert resumed.run == 2
    assert resumed.parsed == data.parsed


async def test_postponed_task_waits_for_its_time(user: User, workers: Workers, broker: Broker) -> None:
    task_id = await user.generate()
    await eventually(partial(has_published, broker, 1))
    data = await workers.waiting(Step.PARSER, task_id)
    await workers.postpone(data, Step.PARSER, seconds=3600)

    async def pending() -> bool:
        return (await user.status(task_id))["status"] == "PENDING"

    await eventually(pending)
    other = await user.generate()
    await eventually(partial(has_published, broker, 2))

    assert await workers.is_waiting(Step.PARSER, other, run=1)
    assert not await workers.is_waiting(Step.PARSER, task_id, run=2)


async def test_task_that_waits_for_something_all_work_needs_is_never_given_up(user: User, workers: Workers) -> None:
    task_id = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    for run in range(1, 4):
        data = await workers.waiting(Step.PARSER, task_id, run)
        await workers.postpone(data, Step.PARSER, seconds=0)
        await eventually(partial(workers.is_waiting, Step.PARSER, task_id, run=run + 1))

    await workers.finish_all(task_id, run=4)

    async def written() -> bool:
        return (await user.status(task_id))["status"] == "SUCCESS"

    await eventually(written)


async def test_what_has_begun_comes_back_into_a_stream_that_lets_nothing_new_in(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await parsed(user, workers)
    for number in range(13):
        await broker.js.publish(f"pipeline.composer.filler.{number}", b"x" * (MIB // 2))
    await workers.postpone(data, Step.SCRAPER, seconds=0)
    await eventually(partial(workers.is_waiting, Step.SCRAPER, task_id, run=2))


async def test_what_comes_back_finds_room_in_a_full_stream_where_it_was_before(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id, data = await parsed(user, workers)
    number = 0
    with suppress(APIError):
        for number in range(10_000):
            await broker.js.publish(f"pipeline.composer.filler.{number}", b"x" * (MIB // 2 if number < 14 else 400))
    assert number > 14
    await workers.postpone(data, Step.SCRAPER, seconds=0)
    await eventually(partial(workers.is_waiting, Step.SCRAPER, task_id, run=2))


async def test_task_leaves_only_its_latest_message_in_the_stream_whether_it_waits_or_goes_on(
    user: User, workers: Workers, broker: Broker
) -> None:
    task_id = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    data = await workers.waiting(Step.PARSER, task_id)
    for step in (Step.PARSER, Step.SCRAPER, Step.ARXIV):
        data = await workers.finish(data, step)
    await workers.postpone(data, Step.COMPOSER, seconds=1)

    async def subjects() -> set[str]:
        info = await broker.js.stream_info("PIPELINE", subjects_filter=f"pipeline.*.{task_id}.*")
        return set(info.state.subjects or ())

    async def is_only(subject: str) -> bool:
        return await subjects() == {subject}

    await eventually(partial(is_only, f"pipeline.composer.{task_id}.1"))
    await eventually(partial(is_only, f"pipeline.composer.{task_id}.2"))
