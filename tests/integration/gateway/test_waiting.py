"""A task that waits for arXiv is out of the pipeline: it takes nobody's place, its user sees where it stands."""

from functools import partial

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import State
from scribe.common.tasks.steps import Step
from tests.support.gateway import User, running_gateway
from tests.support.issuer import Issuer
from tests.support.listening import ITEMS, listening
from tests.support.pipeline import Workers, connected, workers_of
from tests.support.waiting import eventually


async def at_arxiv(workers: Workers, task_id: str) -> PipelineData:
    """The task when it has come to arxiv."""
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    data = await workers.finish(await workers.waiting(Step.PARSER, task_id), Step.PARSER)
    return await workers.finish(data, Step.SCRAPER)


async def wait_outside(workers: Workers, data: PipelineData, *, seconds: float, position: int) -> None:
    """Play the step that finds no answer yet."""
    await workers.tell(data, State.WAITING, Step.ARXIV, delay=seconds, position=position)


async def waits(user: User, task_id: str) -> bool:
    """Whether the task's status tells of its wait."""
    result = (await user.status(task_id))["result"]
    return isinstance(result, dict) and result.get("step_status") == "waiting"


async def test_a_waiting_task_tells_its_place(user: User, workers: Workers) -> None:
    task_id = await user.generate()
    await wait_outside(workers, await at_arxiv(workers, task_id), seconds=60, position=7)

    await eventually(partial(waits, user, task_id))

    status = await user.status(task_id)
    assert status["status"] == "STARTED"
    assert isinstance(status["result"], dict)
    assert (status["result"]["current_step"], status["result"]["position"]) == ("arxiv_helper", 7)
    (item,) = await user.items()
    assert (item["status"], item["position"], item["current_step"]) == ("processing", 7, "arxiv_helper")


async def test_a_waiting_task_leaves_its_place_to_others(
    database_url: str, nats_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with (
        running_gateway(database_url, nats_url, issuer, in_flight=1) as gateway,
        gateway.user() as first,
        gateway.user() as second,
    ):
        workers = workers_of(broker, database_url)
        waiting = await first.generate()
        await eventually(partial(workers.is_waiting, Step.PARSER, waiting))
        other = await second.generate()
        assert not await workers.is_waiting(Step.PARSER, other)

        await wait_outside(workers, await at_arxiv(workers, waiting), seconds=60, position=1)

        await eventually(partial(workers.is_waiting, Step.PARSER, other))


async def test_a_waiting_task_comes_back_with_the_time_it_has_waited_and_nothing_is_counted(
    user: User, workers: Workers, database_url: str
) -> None:
    task_id = await user.generate()
    data = await at_arxiv(workers, task_id)
    for run in (1, 2):
        await wait_outside(workers, data.model_copy(update={"run": run}), seconds=0.3, position=1)
        await eventually(partial(workers.is_waiting, Step.ARXIV, task_id, run + 1))

    returned = await workers.waiting(Step.ARXIV, task_id, 3)
    assert returned.parsed == data.parsed
    assert returned.waited >= 0.6
    async with connected(database_url) as connection:
        assert await connection.fetchval("SELECT returns FROM queue_items") == 0


async def test_a_task_tried_again_has_not_waited_yet(user: User, workers: Workers) -> None:
    task_id = await user.generate()
    data = await at_arxiv(workers, task_id)
    await wait_outside(workers, data, seconds=0.3, position=1)
    await eventually(partial(workers.is_waiting, Step.ARXIV, task_id, 2))
    returned = await workers.waiting(Step.ARXIV, task_id, 2)
    await workers.dead_letter(returned, Step.ARXIV)
    await workers.tell(returned, State.FAILED, Step.ARXIV, error="It failed.")
    await eventually(partial(has_failed, user, task_id))

    await user.client.post(f"/api/queue/{task_id}/retry")

    await eventually(partial(workers.is_waiting, Step.ARXIV, task_id, 3))
    assert (await workers.waiting(Step.ARXIV, task_id, 3)).waited == 0.0


PAUSED = "Writing is paused: a service that Scribe depends on does not answer. It goes on by itself."


async def notice_of(user: User, task_id: str) -> object:
    """What the task's status says it waits for."""
    result = (await user.status(task_id))["result"]
    return result.get("notice") if isinstance(result, dict) else None


async def test_a_held_task_says_so_in_status_list_and_stream_until_its_step_is_over(
    user: User, workers: Workers
) -> None:
    task_id = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    data = await workers.waiting(Step.PARSER, task_id)
    await workers.tell(data, State.STARTED, Step.PARSER)
    async with listening(user, ITEMS) as listener:
        await workers.tell(data, State.HELD, Step.PARSER, notice=PAUSED, cause="anthropic answered 529: held back")
        await eventually(lambda: [event for event in listener.events if event.data["notice"] == PAUSED])
    assert listener.states()[-1] == ("processing", "template_parser")
    assert await notice_of(user, task_id) == PAUSED
    (item,) = await user.items()
    assert (item["status"], item["notice"]) == ("processing", PAUSED)

    await workers.finish(data, Step.PARSER)

    await eventually(partial(no_notice, user, task_id))
    (item,) = await user.items()
    assert item["notice"] is None


async def no_notice(user: User, task_id: str) -> bool:
    """Whether the task waits for nothing any more."""
    return await notice_of(user, task_id) is None


async def test_a_task_given_back_while_a_service_is_away_is_told_as_paused_and_not_as_queued(
    user: User, workers: Workers
) -> None:
    task_id = await user.generate()
    await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    data = await workers.waiting(Step.PARSER, task_id)
    await workers.tell(data, State.RETRYING, Step.PARSER, notice=PAUSED, cause="NATS is away", delay=60.0)

    async def paused() -> bool:
        return await notice_of(user, task_id) == PAUSED

    await eventually(paused)
    assert (await user.status(task_id))["status"] == "STARTED"
    (item,) = await user.items()
    assert (item["status"], item["position"], item["notice"]) == ("processing", None, PAUSED)


async def has_failed(user: User, task_id: str) -> bool:
    """Whether the task's user sees that it has failed."""
    return (await user.status(task_id))["status"] == "FAILURE"


async def test_what_is_queued_behind_a_held_task_shows_its_pause_and_forgets_it_with_the_hold(
    user: User, workers: Workers
) -> None:
    held, behind = (await user.batch(2))[:2]
    for task_id in (held, behind):
        await eventually(partial(workers.is_waiting, Step.PARSER, task_id))
    data = await workers.waiting(Step.PARSER, held)
    before = (await user.client.get("/api/queue/")).headers["etag"]
    await workers.tell(data, State.HELD, Step.PARSER, notice=PAUSED, cause="anthropic answered 529: held back")

    async def all_say(sentence: str | None) -> bool:
        return [item["notice"] for item in await user.items()] == [sentence, sentence]

    await eventually(partial(all_say, PAUSED))
    assert await notice_of(user, behind) == PAUSED
    assert (await user.client.get("/api/queue/", headers={"If-None-Match": before})).status_code == 200

    await workers.finish(data, Step.PARSER)

    await eventually(partial(all_say, None))
    assert await no_notice(user, behind)
