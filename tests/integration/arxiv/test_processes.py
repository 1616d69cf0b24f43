"""Several workers and one arXiv: its rule by its own clock, a killed pod, an arXiv that refuses for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise

from nats.js.errors import NotFoundError

from scribe.arxiv.lookups import Lookup
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import (
    ARXIV,
    ARXIV_EARLY,
    LOOKUPS,
    PIPELINE,
    TURNS,
    lookups_consumer,
    turn_consumer,
)
from scribe.common.tasks.data import PipelineData, TemplateType
from scribe.common.tasks.progress import State, read_progress
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject
from scribe.fakes.server import Fakes
from tests.integration.arxiv.conftest import Desk
from tests.support.research import finished, submit
from tests.support.tasks import make_task, parsed
from tests.support.waiting import eventually
from tests.support.workers import worker_process

INTERVAL = 0.5
PROCESSES = 3


def research(name: str) -> PipelineData:
    """A task that wants somebody's papers."""
    return make_task(recipient_name=name, recipient_interest="quantum fluids", parsed=parsed(TemplateType.RESEARCH))


@asynccontextmanager
async def workers(
    nats_url: str, fakes: Fakes, count: int, **environment: str
) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """That many pods."""
    given = {"SCRIBE_ARXIV_URL": fakes.arxiv_url, "SCRIBE_ARXIV_INTERVAL": str(INTERVAL), **environment}
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(worker_process("scribe.arxiv", nats_url, **given)) for _ in range(count)]


async def through_arxiv(broker: Broker, task: PipelineData) -> PipelineData:
    """What the composer gets; the gateway's part, bringing back what waits, is played here."""
    await submit(broker, task, Step.ARXIV)
    while True:
        waiting = asyncio.create_task(told_to_wait(broker, task))
        done = asyncio.create_task(finished(broker, task, Step.COMPOSER))
        await asyncio.wait({waiting, done}, return_when=asyncio.FIRST_COMPLETED)
        if done.done():
            waiting.cancel()
            return done.result()
        done.cancel()
        task = task.model_copy(update={"run": task.run + 1, "waited": task.waited + waiting.result()})
        await submit(broker, task, Step.ARXIV)


async def told_to_wait(broker: Broker, task: PipelineData) -> float:
    """Wait for as long as the step says the task has to; gives the seconds."""
    subject = f"events.{task.user_id}.{task.task_id}.{State.WAITING}"
    while True:
        try:
            message = await broker.js.get_last_msg("EVENTS", subject)
        except NotFoundError:
            await asyncio.sleep(0.05)
            continue
        progress = read_progress(Subject.parse(subject), message.headers or {})
        if progress.run == task.run and progress.delay is not None:
            await asyncio.sleep(progress.delay)
            return progress.delay
        await asyncio.sleep(0.05)


async def test_three_processes_keep_the_interval_and_share_requests(
    broker: Broker, nats_url: str, fakes: Fakes, campaign: tuple[str, ...], desk: Desk
) -> None:
    fakes.controls.add(path="/arxiv/", latency=0.1)
    async with workers(nats_url, fakes, PROCESSES), asyncio.TaskGroup() as tasks:
        results = []
        for first in range(0, len(campaign), 3):
            names = campaign[first : first + 3]
            results += [tasks.create_task(through_arxiv(broker, research(name))) for name in names]
            await eventually(partial(all_answered, desk, names))

    assert all(result.result().papers for result in results)
    calls = fakes.controls.calls_to("/arxiv/")
    arrivals = sorted(call.at for call in calls)
    assert len(campaign) / 3 <= len(calls) < len(campaign)
    assert min(later - earlier for earlier, later in pairwise(arrivals)) >= INTERVAL
    assert all(sum(name.lower() in call.query.replace("+", " ") for call in calls) == 1 for name in campaign)


async def test_an_author_asked_for_by_a_pod_that_is_killed_meanwhile_is_asked_for_by_another(
    broker: Broker, nats_url: str, fakes: Fakes, campaign: tuple[str, ...], desk: Desk
) -> None:
    async with workers(nats_url, fakes, 1) as (victim,):
        fakes.controls.add(path="/arxiv/", hang=True, times=1)
        await desk.ask(*campaign)
        await eventually(lambda: not fakes.controls.faults)
        pulls = await early_pulls(broker)
        async with workers(nats_url, fakes, 1):
            await eventually(partial(has_started_another, broker, pulls))
            await shorten_ack_wait(broker)
            victim.kill()
            await victim.wait()
            await eventually(partial(all_answered, desk, campaign), timeout=60)


async def early_pulls(broker: Broker) -> int:
    """The pulls that the server holds of pods that look up authors early."""
    return (await broker.js.consumer_info(PIPELINE, ARXIV_EARLY)).num_waiting or 0


async def has_started_another(broker: Broker, pulls: int) -> bool:
    """Whether a pod pulls beside one that holds the turn: it has found all consumers as they are declared."""
    waits_for_turn = bool((await broker.js.consumer_info(TURNS, ARXIV)).num_waiting)
    return waits_for_turn and await early_pulls(broker) > pulls


async def shorten_ack_wait(broker: Broker) -> None:
    """Let the server take back after 2 s instead of 30 s what a dead pod has."""
    for stream, consumer in ((LOOKUPS, lookups_consumer()), (TURNS, turn_consumer())):
        await broker.js.add_consumer(stream, replace(consumer, ack_wait=2.0))


async def all_answered(desk: Desk, names: tuple[str, ...]) -> bool:
    """Whether arXiv's answer about each of them is there."""
    return all([await desk.answers.get(Lookup(name=name).key) is not None for name in names])


async def test_while_arxiv_refuses_for_long_tasks_wait_outside_and_then_go_on_without(
    broker: Broker, nats_url: str, fakes: Fakes
) -> None:
    fakes.controls.add(path="/arxiv/", status=429)
    async with workers(nats_url, fakes, 1, SCRIBE_ARXIV_PATIENCE="3"):
        result = await through_arxiv(broker, research("Ada Example"))

    assert result.papers == ()
    assert "arXiv could not be reached" in result.warnings[0]
    assert result.run > 1
    assert len(fakes.controls.calls_to("/arxiv/")) < 10, "the longer it refuses the more rarely it is asked"


async def test_after_a_blank_page_the_papers_are_found(
    broker: Broker, nats_url: str, fakes: Fakes, campaign: tuple[str, ...]
) -> None:
    fakes.controls.add(path="/arxiv/", broken="empty", times=1)
    fakes.controls.add(path="/arxiv/", broken="html", times=1)
    async with workers(nats_url, fakes, 1):
        result = await through_arxiv(broker, research(campaign[0]))
    assert result.papers


async def test_the_lookup_begins_when_the_template_is_read(
    broker: Broker, nats_url: str, fakes: Fakes, campaign: tuple[str, ...], desk: Desk
) -> None:
    task = research(campaign[0])
    async with workers(nats_url, fakes, 1):
        await submit(broker, task, Step.SCRAPER)
        await eventually(lambda: all_answered(desk, campaign[:1]))
        await submit(broker, task, Step.ARXIV)
        assert (await finished(broker, task, Step.COMPOSER)).papers
    assert len(fakes.controls.calls_to("/arxiv/")) == 1
