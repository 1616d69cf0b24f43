"""What becomes of a delivery, on a real server: one concept a test."""

import asyncio
from datetime import UTC, datetime

from scribe.common.errors import PermanentError, TransientError, UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.publisher import ERROR_CLASS, REASON, Publisher
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import DELAY, RUN, State, progress_of
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import cancel_subject, pipeline_subject
from scribe.common.worker.settlement import MAX_ATTEMPTS, MAX_NAK
from tests.support.deadlines import stretched
from tests.support.deliveries import SETTINGS, Step1, event, headers_at, returns, settled, submit, working
from tests.support.tasks import make_task
from tests.support.waiting import eventually


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
    assert float(headers[DELAY]) == 900


async def test_an_unreadable_body_is_kept_as_it_is(broker: Broker) -> None:
    step = Step1(returns)
    subject = pipeline_subject(Step.PARSER, make_task().task_id, 1)
    async with working(broker, step):
        await broker.js.publish(str(subject), b'{"schema_version": 99, "odd": true}')
        letter = await broker_message(broker, f"deadletter.parser.{subject.task_id}")
        await settled(broker)
    assert letter == b'{"schema_version": 99, "odd": true}'
    assert step.calls == []


async def test_a_message_that_only_waited_in_workers_that_died_is_worked_on_as_any_other(broker: Broker) -> None:
    data = await submit(broker)
    await deliver_without_outcome(broker, times=MAX_ATTEMPTS + 2)
    step = Step1(returns)
    async with working(broker, step):
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
    assert len(step.calls) == 1


async def test_what_is_delivered_again_while_it_is_worked_on_here_is_not_begun_twice(broker: Broker) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def wait(data: PipelineData, _before: int) -> PipelineData:
        begun.set()
        await finish.wait()
        return data

    async def is_given_back() -> bool:
        info = await broker.js.consumer_info("PIPELINE", "parser")
        return bool(info.num_redelivered)

    step = Step1(wait)
    async with working(broker, step):
        data = await submit(broker)
        await asyncio.wait_for(begun.wait(), stretched(20))
        place = (await broker.js.stream_info("PIPELINE")).state.last_seq
        await broker.client.publish(f"$JS.ACK.PIPELINE.parser.1.{place}.1.0.0", b"-NAK")  # as a server that forgot
        await eventually(is_given_back)
        finish.set()
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        await settled(broker)
    assert len(step.calls) == 1


async def test_a_service_that_fails_is_given_time_instead_of_a_number_of_attempts(broker: Broker) -> None:
    async def overloaded(_data: PipelineData, _before: int) -> PipelineData:
        raise TransientError("a model answered 529", retry_after=0.0)

    step = Step1(overloaded)
    async with working(broker, step, SETTINGS.model_copy(update={"retry_limit": 600.0})):
        data = await submit(broker)
        headers = await last_of(broker, event(data, State.RETRYING), DELAY)
        await settled(broker)
        assert len(step.calls) == MAX_ATTEMPTS
        assert float(headers[DELAY]) >= MAX_NAK

        late = await submit(broker, failing_for=601.0)
        await headers_at(broker, "DEADLETTER", f"deadletter.parser.{late.task_id}")


async def test_failures_are_counted_over_the_runs_in_which_a_task_comes_back_to_its_step(broker: Broker) -> None:
    async def overloaded_then_away(_data: PipelineData, before: int) -> PipelineData:
        if before == MAX_ATTEMPTS - 1:
            raise UnavailableError("the model is held back", retry_after=60.0)
        raise TransientError("a model gave an unreadable answer")

    step = Step1(overloaded_then_away)
    async with working(broker, step, SETTINGS.model_copy(update={"retry_limit": 600.0, "hold_limit": 1.0})):
        data = await submit(broker)
        await last_of(broker, event(data, State.RETRYING), DELAY)
        await settled(broker)
        await publish_again(broker, data, run=2, failing_for=10.0)
        await settled(broker)
        postponed = await headers_at(broker, "EVENTS", event(data, State.RETRYING))
        assert (postponed[RUN], float(postponed[DELAY])) == ("2", MAX_NAK)
        await publish_again(broker, data, run=3, failing_for=601.0)
        await headers_at(broker, "DEADLETTER", f"deadletter.parser.{data.task_id}")
        await settled(broker)
    assert len(step.calls) == MAX_ATTEMPTS + 2


async def publish_again(broker: Broker, data: PipelineData, **changes: object) -> None:
    """The task as the relay sends it back to its step."""
    again = data.model_copy(update=changes)
    await Publisher(broker).transition(again, progress_of(again, State.QUEUED, Step.PARSER, datetime.now(UTC)))


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
        await asyncio.wait_for(begun.wait(), stretched(20))
        await broker.client.publish(cancel_subject(data.task_id), str(data.run).encode())
        await headers_at(broker, "EVENTS", event(data, State.CANCELLED))
        await settled(broker)


async def test_a_late_cancellation_of_an_older_run_leaves_the_retry_alone(broker: Broker) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(data: PipelineData, _before: int) -> PipelineData:
        begun.set()
        await go_on.wait()
        return data

    async with working(broker, Step1(wait)):
        data = await submit(broker, run=2)
        await asyncio.wait_for(begun.wait(), 20)
        await broker.client.publish(cancel_subject(data.task_id), b"1")
        await broker.client.flush()
        go_on.set()
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 2))


async def last_of(broker: Broker, subject: str, header: str) -> dict[str, str]:
    """The headers of the last event on `subject`, once it has this one."""
    found: dict[str, str] = {}

    async def has_header() -> bool:
        found.update(await headers_at(broker, "EVENTS", subject))
        return header in found

    await eventually(has_header)
    return found


async def broker_message(broker: Broker, subject: str) -> bytes:
    await headers_at(broker, "DEADLETTER", subject)
    return (await broker.js.get_last_msg("DEADLETTER", subject)).data or b""


async def deliver_without_outcome(broker: Broker, times: int) -> None:
    """Take the message and give it back, as workers that die at once would."""
    subscription = await broker.js.pull_subscribe_bind("parser", "PIPELINE")
    for _ in range(times):
        (message,) = await subscription.fetch(1, timeout=stretched(20))
        await message.nak()
    await subscription.unsubscribe()
