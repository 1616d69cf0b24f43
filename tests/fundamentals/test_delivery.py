"""What becomes of a delivery, on a real server: one concept a test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from nats.js.errors import NotFoundError

from scribe.common.broker import Broker
from scribe.common.cancellation import open_cancellations
from scribe.common.consumer import Consumer, PullOptions
from scribe.common.errors import PermanentError, TransientError, UnavailableError
from scribe.common.metrics import Metrics
from scribe.common.middleware import StepFunction
from scribe.common.pipeline import PipelineData, Step
from scribe.common.progress import NOT_BEFORE, State, progress_of, read_progress
from scribe.common.publisher import ERROR_CLASS, REASON, Publisher
from scribe.common.runner import Runner, with_middleware
from scribe.common.settings import WorkerSettings
from scribe.common.streams import cancel_subject, ensure_consumer, pipeline_subject, step_consumer
from tests.support.servers import NatsServer
from tests.support.tasks import make_task
from tests.support.waiting import eventually

SETTINGS = WorkerSettings(concurrency=4, step_deadline=30.0, hold_limit=30.0)


@dataclass
class Step1:
    """A parser step that does what it is told: `behaviour` gets the data and how often it was called before."""

    behaviour: Callable[[PipelineData, int], Awaitable[PipelineData]]
    calls: list[PipelineData] = field(default_factory=list)

    async def __call__(self, data: PipelineData) -> PipelineData:
        self.calls.append(data)
        return await self.behaviour(data, len(self.calls) - 1)


@asynccontextmanager
async def working(broker: Broker, step: StepFunction, settings: WorkerSettings = SETTINGS) -> AsyncIterator[None]:
    log, metrics = structlog.get_logger(), Metrics()
    async with AsyncExitStack() as stack:
        cancellations = await stack.enter_async_context(open_cancellations(broker))
        runner = Runner(
            step=Step.PARSER,
            work=with_middleware(Step.PARSER, step, settings, metrics),
            hold_limit=settings.hold_limit,
            cancellations=cancellations,
            publisher=Publisher(broker.js),
            metrics=metrics.steps,
            log=log,
        )
        consumer = Consumer(
            broker,
            PullOptions("PIPELINE", "parser", settings.concurrency),
            runner.handle,
            ensure=lambda: ensure_consumer(broker.js, "PIPELINE", step_consumer(Step.PARSER, 4)),
            log=log,
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(consumer.run())
            yield
            consumer.stop()
            runner.stopping.set()


async def submit(broker: Broker) -> PipelineData:
    data = make_task()
    await Publisher(broker.js).transition(data, progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC)))
    return data


async def headers_at(broker: Broker, stream: str, subject: str) -> dict[str, str]:
    """The headers of the last message on `subject`, once there is one."""
    found: list[dict[str, str]] = []

    async def look() -> bool:
        try:
            message = await broker.js.get_last_msg(stream, subject)
        except NotFoundError:
            return False
        found.append(message.headers or {})
        return True

    await eventually(look)
    return found[-1]


def event(data: PipelineData, state: State) -> str:
    return f"events.{data.user_id}.{data.task_id}.{state}"


async def settled(broker: Broker) -> None:
    """Wait until the consumer has nothing left: neither waiting nor unacknowledged."""

    async def idle() -> bool:
        info = await broker.js.consumer_info("PIPELINE", "parser")
        return bool(info.num_pending == 0 and info.num_ack_pending == 0)

    await eventually(idle)


async def test_a_finished_step_is_the_next_steps_work(broker: Broker) -> None:
    step = Step1(returns)
    async with working(broker, step):
        data = await submit(broker)
        headers = await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        await settled(broker)
    assert '"parser"' in headers["Scribe-Step-Timings"]
    assert len(step.calls) == 1


async def test_a_transient_error_is_tried_again_and_the_user_is_told(broker: Broker) -> None:
    async def busy_once(data: PipelineData, before: int) -> PipelineData:
        if before == 0:
            raise TransientError("a model answered 529", retry_after=0.2)
        return data

    step = Step1(busy_once)
    async with working(broker, step):
        data = await submit(broker)
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        headers = await headers_at(broker, "EVENTS", event(data, State.RETRYING))
    assert headers["Scribe-Attempt"] == "1"
    assert len(step.calls) == 2


async def test_a_permanent_error_becomes_a_dead_letter_with_its_reason(broker: Broker) -> None:
    async def refuse(_data: PipelineData, _before: int) -> PipelineData:
        raise PermanentError("the model answered 400", public="The model refused this template.")

    step = Step1(refuse)
    async with working(broker, step):
        data = await submit(broker)
        letter = await headers_at(broker, "DEADLETTER", f"deadletter.parser.{data.task_id}")
        failed = await headers_at(broker, "EVENTS", event(data, State.FAILED))
        await settled(broker)
    assert (letter[REASON], letter[ERROR_CLASS]) == ("the model answered 400", "PermanentError")
    assert "refused this template" in failed["Scribe-Error"]
    assert len(step.calls) == 1


async def test_an_unforeseen_error_tells_the_user_nothing_of_its_text(broker: Broker) -> None:
    async def stumble(_data: PipelineData, _before: int) -> PipelineData:
        raise ValueError("Ada's secret")

    async with working(broker, Step1(stumble)):
        data = await submit(broker)
        headers = await headers_at(broker, "EVENTS", event(data, State.RETRYING))
    assert "secret" not in str(headers)


async def test_a_long_delay_leaves_the_consumer(broker: Broker) -> None:
    async def rate_limited(_data: PipelineData, _before: int) -> PipelineData:
        raise TransientError("a model answered 429", retry_after=900)

    async with working(broker, Step1(rate_limited)):
        data = await submit(broker)
        headers = await headers_at(broker, "EVENTS", event(data, State.RETRYING))
        await settled(broker)
    wait = datetime.fromisoformat(headers[NOT_BEFORE]) - datetime.now(UTC)
    assert 880 < wait.total_seconds() <= 900


async def test_an_unreadable_body_is_kept_as_it_is(broker: Broker) -> None:
    step = Step1(returns)
    subject = pipeline_subject(Step.PARSER, make_task().task_id, 1)
    async with working(broker, step):
        await broker.js.publish(subject, b'{"schema_version": 99, "odd": true}')
        letter = await broker_message(broker, f"deadletter.parser.{subject.split('.')[2]}")
        await settled(broker)
    assert letter == b'{"schema_version": 99, "odd": true}'
    assert step.calls == []


async def test_a_message_that_kills_its_workers_becomes_a_dead_letter_before_it_is_worked_on(broker: Broker) -> None:
    data = await submit(broker)
    await deliver_without_outcome(broker, times=5)
    step = Step1(returns)
    async with working(broker, step):
        letter = await headers_at(broker, "DEADLETTER", f"deadletter.parser.{data.task_id}")
    assert letter[ERROR_CLASS] == "CrashLoopError"
    assert step.calls == []


async def test_a_step_past_its_deadline_is_tried_again(broker: Broker) -> None:
    async def hang_once(data: PipelineData, before: int) -> PipelineData:
        if before == 0:
            await asyncio.Event().wait()
        return data

    step = Step1(hang_once)
    async with working(broker, step, SETTINGS.model_copy(update={"step_deadline": 0.3})):
        data = await submit(broker)
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
    assert len(step.calls) == 2


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
    progress = read_progress(event(data, State.RETRYING), headers)
    assert progress.not_before is not None
    assert (progress.attempt, progress.error) == (1, None)


async def test_a_worker_that_ends_gives_back_what_it_only_holds(broker: Broker) -> None:
    async def away(_data: PipelineData, _before: int) -> PipelineData:
        raise UnavailableError("a provider's breaker is open", retry_after=20.0)

    step = Step1(away)
    async with working(broker, step):
        data = await submit(broker)
        await eventually(lambda: bool(step.calls))
    headers = await headers_at(broker, "EVENTS", event(data, State.RETRYING))
    await settled(broker)
    assert NOT_BEFORE in headers
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
        await asyncio.wait_for(begun.wait(), 20)
        await nats_server.kill()
        await eventually(lambda: not broker.is_connected)
        finish.set()
        await nats_server.start()
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        await settled(broker)
    assert len(step.calls) == 1


async def test_a_cancelled_task_is_not_begun(broker: Broker) -> None:
    data = await submit(broker)
    await (await broker.js.key_value("cancelled")).put(str(data.task_id), b"1")
    step = Step1(returns)
    async with working(broker, step):
        await headers_at(broker, "EVENTS", event(data, State.CANCELLED))
        await settled(broker)
    assert step.calls == []


async def test_cancelling_interrupts_the_step_that_runs(broker: Broker) -> None:
    begun = asyncio.Event()

    async def hang(_data: PipelineData, _before: int) -> PipelineData:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async with working(broker, Step1(hang)):
        data = await submit(broker)
        await asyncio.wait_for(begun.wait(), 20)
        await broker.client.publish(cancel_subject(data.task_id))
        await headers_at(broker, "EVENTS", event(data, State.CANCELLED))
        await settled(broker)


async def returns(data: PipelineData, _before: int) -> PipelineData:
    return data


async def broker_message(broker: Broker, subject: str) -> bytes:
    await headers_at(broker, "DEADLETTER", subject)
    return (await broker.js.get_last_msg("DEADLETTER", subject)).data or b""


async def deliver_without_outcome(broker: Broker, times: int) -> None:
    """Take the message and give it back, as workers that die at once would."""
    subscription = await broker.js.pull_subscribe_bind("parser", "PIPELINE")
    for _ in range(times):
        (message,) = await subscription.fetch(1, timeout=20)
        await message.nak()
    await subscription.unsubscribe()
