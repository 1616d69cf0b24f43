"""What traces show of attempts, and that a collector in trouble costs no work: a real worker process."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from nats.js.errors import NotFoundError

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData, encode
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import pipeline_subject
from tests.support.collector import Collector, Received, collecting, tree
from tests.support.deadlines import within
from tests.support.servers import nats_environment
from tests.support.tasks import make_task
from tests.support.waiting import eventually


@asynccontextmanager
async def stubborn_parser(nats_url: str, collector: Collector) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {**os.environ, **collector.environment(), **nats_environment(nats_url, "parser"), "SCRIBE_PORT": "0"}
    environment["SCRIBE_CONCURRENCY"] = "4"
    limits = {f"SCRIBE_{name}_MAX_BYTES": str(8 * 1024 * 1024) for name in ("PIPELINE", "EVENTS", "DEADLETTER")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.telemetry.stubborn_parser"), env={**environment, **limits}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def submit(broker: Broker) -> PipelineData:
    """Queue a task without trace headers: whether this process samples is not what these tests ask."""
    data = make_task()
    progress = progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC))
    await broker.js.publish(str(progress.subject), encode(data), headers=progress.headers())
    return data


async def parsed(broker: Broker, data: PipelineData) -> None:
    """Wait until the next step's work is there."""

    async def is_there() -> bool:
        try:
            await broker.js.get_last_msg("PIPELINE", str(pipeline_subject(Step.SCRAPER, data.task_id, 1)))
        except NotFoundError:
            return False
        return True

    await eventually(is_there, timeout=30)


async def test_a_second_attempt_is_linked_to_the_first(broker: Broker, nats_url: str) -> None:
    async with collecting() as collector, stubborn_parser(nats_url, collector):
        data = await submit(broker)
        await parsed(broker, data)
        await eventually(lambda: len(attempts(collector)) == 2)
    first, second = attempts(collector)
    assert first.is_error
    assert first.attributes["error.type"] == "TransientError"
    assert first.attributes["scribe.outcome"] == "retried"
    assert second.links == (first.span_id,)
    assert second.attributes["scribe.outcome"] == "finished"
    assert tree([span for span in collector.spans if span.trace_id == second.trace_id]) == [
        "scribe-parser: CONSUMER process pipeline.parser",
        "  scribe-parser: PRODUCER send pipeline.scraper",
    ]


def attempts(collector: Collector) -> list[Received]:
    spans = [span for span in collector.spans if span.name == "process pipeline.parser"]
    return sorted(spans, key=lambda span: span.start)


async def test_no_name_and_no_text_of_the_task_is_in_a_span(broker: Broker, nats_url: str) -> None:
    async with collecting() as collector, stubborn_parser(nats_url, collector):
        data = await submit(broker)
        await parsed(broker, data)
        await eventually(lambda: len(attempts(collector)) == 2)
    told = " ".join(f"{span.name} {span.attributes}" for span in collector.spans)
    assert str(data.task_id) in told
    for private in (data.recipient_name, data.recipient_interest, "a model answered"):
        assert private not in told


async def test_a_collector_that_hangs_delays_neither_the_work_nor_the_end(broker: Broker, nats_url: str) -> None:
    async with collecting() as collector:
        collector.hang = True
        async with stubborn_parser(nats_url, collector) as process:
            await parsed(broker, await submit(broker))
            await eventually(lambda: collector.requests > 0)
            process.send_signal(signal.SIGTERM)
            async with within(10):
                assert await process.wait() == 0


async def test_a_collector_that_refuses_everything_costs_no_task(broker: Broker, nats_url: str) -> None:
    async with collecting() as collector:
        collector.status = 503
        async with stubborn_parser(nats_url, collector):
            await parsed(broker, await submit(broker))
            await eventually(lambda: collector.requests > 0)


async def test_a_trace_that_is_not_sampled_is_passed_on_and_not_sent(broker: Broker, nats_url: str) -> None:
    async with collecting() as collector:
        data = make_task()
        progress = progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC))
        unsampled = {"traceparent": f"00-{'1' * 32}-{'2' * 16}-00"}
        await broker.js.publish(
            str(progress.subject), data.model_dump_json().encode(), headers={**progress.headers(), **unsampled}
        )
        async with stubborn_parser(nats_url, collector):
            await parsed(broker, data)
            message = await broker.js.get_last_msg("PIPELINE", str(pipeline_subject(Step.SCRAPER, data.task_id, 1)))
        assert (message.headers or {})["traceparent"].startswith(f"00-{'1' * 32}-")
        assert collector.spans == []
