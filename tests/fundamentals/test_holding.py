"""What all work needs is waited for: nothing is counted, and nothing that is finished is done again."""

import asyncio
from dataclasses import replace

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import DELAY, State, read_progress
from scribe.common.tasks.rank import Phase, state_rank
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject, pipeline_subject
from tests.support.deadlines import stretched, within
from tests.support.deliveries import SETTINGS, Step1, event, headers_at, settled, submit, working
from tests.support.servers import NatsServer
from tests.support.waiting import eventually


async def test_an_absent_dependency_spends_no_attempt(broker: Broker) -> None:
    async def away_three_times(data: PipelineData, before: int) -> PipelineData:
        if before < 3:
            raise UnavailableError("PostgreSQL is away", retry_after=0.1)
        return data

    step = Step1(away_three_times)
    async with working(broker, step):
        data = await submit(broker)
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        started = await headers_at(broker, "EVENTS", event(data, State.STARTED))
    assert started["Scribe-Attempt"] == "1"
    assert len(step.calls) == 4


async def test_a_dependency_that_stays_away_gives_the_task_back_with_nothing_counted(broker: Broker) -> None:
    async def away(_data: PipelineData, _before: int) -> PipelineData:
        raise UnavailableError("PostgreSQL is away", retry_after=0.1)

    async with working(broker, Step1(away), SETTINGS.model_copy(update={"hold_limit": 0.5})):
        data = await submit(broker)
        headers = await headers_at(broker, "EVENTS", event(data, State.RETRYING))
        await settled(broker)
    progress = read_progress(Subject.parse(event(data, State.RETRYING)), headers)
    assert progress.delay is not None
    assert (progress.attempt, progress.error, progress.cause) == (1, None, "PostgreSQL is away")
    assert progress.notice == UnavailableError.notice


async def test_what_is_held_says_once_what_it_waits_for(broker: Broker) -> None:
    async def refused_twice(data: PipelineData, before: int) -> PipelineData:
        if before < 2:
            raise UnavailableError("anthropic answered 529: held back", retry_after=0.1)
        return data

    async with working(broker, Step1(refused_twice)):
        data = await submit(broker)
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        headers = await headers_at(broker, "EVENTS", event(data, State.HELD))
    held = read_progress(Subject.parse(event(data, State.HELD)), headers)
    assert held.cause == "anthropic answered 529: held back"
    assert held.notice is not None
    assert held.notice.startswith("Writing is paused")
    started = state_rank(1, Step.PARSER, 1, Phase.STARTED)
    assert started < held.rank < state_rank(1, Step.PARSER, 1, Phase.RETRYING)


async def test_a_worker_that_ends_gives_back_what_it_only_holds(broker: Broker) -> None:
    async def away(_data: PipelineData, _before: int) -> PipelineData:
        raise UnavailableError("a provider's breaker is open", retry_after=20.0)

    step = Step1(away)
    async with working(broker, step):
        data = await submit(broker)
        await eventually(lambda: bool(step.calls))
    headers = await headers_at(broker, "EVENTS", event(data, State.RETRYING))
    await settled(broker)
    assert DELAY in headers
    assert len(step.calls) == 1


async def test_a_step_that_finishes_while_the_server_is_away_is_held_and_not_done_twice(
    broker: Broker, nats_server: NatsServer
) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def wait(data: PipelineData, _before: int) -> PipelineData:
        begun.set()
        await finish.wait()
        return data

    step = Step1(wait)
    async with working(broker, step):
        data = await submit(broker)
        await asyncio.wait_for(begun.wait(), stretched(20))
        await nats_server.kill()
        await eventually(lambda: not broker.is_connected)
        finish.set()
        await nats_server.start()
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        await settled(broker)
    assert len(step.calls) == 1


async def test_a_result_is_kept_while_nobody_can_say_whether_it_is_still_wanted(
    broker: Broker, nats_server: NatsServer
) -> None:
    async def finish_as_nats_goes_away(data: PipelineData, _before: int) -> PipelineData:
        await nats_server.kill()
        await eventually(lambda: not broker.is_connected)
        return data

    step = Step1(finish_as_nats_goes_away)
    async with working(broker, step):
        data = await submit(broker)
        await eventually(lambda: bool(step.calls))
        await eventually(lambda: not broker.is_connected)
        await nats_server.start()
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        await settled(broker)
    assert len(step.calls) == 1


async def test_a_worker_that_ends_while_the_server_is_away_leaves_to_it_what_is_not_done(
    broker: Broker, nats_server: NatsServer
) -> None:
    async def away(_data: PipelineData, _before: int) -> PipelineData:
        await nats_server.kill()
        await eventually(lambda: not broker.is_connected)
        raise UnavailableError("NATS is away", retry_after=0.1)

    step = Step1(away)
    impatient = replace(broker, js=broker.client.jetstream(timeout=0.5, prefix=broker.api))
    async with within(30):  # it would be held for two minutes
        async with working(impatient, step):
            await submit(broker)
            await eventually(lambda: not broker.is_connected)
        await nats_server.start()
        info = await broker.js.consumer_info("PIPELINE", Step.PARSER)
        assert (info.num_ack_pending or 0) + (info.num_pending or 0) == 1  # a killed server may forget a delivery
