"""The process of one step: wiring, running until a signal, and a clean shutdown.

A service's `__main__` loads the settings, names the step, and gives `run_worker` a context manager that opens the
step's dependencies and yields the step.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from functools import partial

import uvloop
from nats.js.errors import NotFoundError, ServiceUnavailableError

from scribe.common.errors import ConfigurationError, ScribeError, leaves_of
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.consumer import Consumer, PullOptions
from scribe.common.messaging.ensuring import verify_step_consumer, verify_streams
from scribe.common.messaging.permissions import stores_of
from scribe.common.messaging.publisher import Publisher
from scribe.common.messaging.streams import PIPELINE
from scribe.common.observability.logs import Logger, configure
from scribe.common.observability.metrics import Metrics
from scribe.common.observability.telemetry import open_telemetry, running_version
from scribe.common.process.ending import cancel_and_wait
from scribe.common.process.health import Checks, probes, serving
from scribe.common.process.heap import freeze_heap
from scribe.common.process.signals import unwind_on_signals
from scribe.common.process.watchdog import watching_loop
from scribe.common.tasks.steps import Step
from scribe.common.worker.cancellation import open_cancellations
from scribe.common.worker.holding import Hold
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.redelivery import read_history
from scribe.common.worker.runner import Runner, with_middleware
from scribe.common.worker.settings import WorkerSettings

LIVENESS_SILENCE = 60.0
"""Seconds without a due message, status or heartbeat from a connected server after which the liveness probe fails."""
STREAMS_TIMEOUT = 120.0
"""Seconds that a worker waits for the streams and buckets to be provisioned."""


@dataclass(frozen=True)
class Resources:
    """What a step's dependencies are made from."""

    broker: Broker
    metrics: Metrics
    log: Logger


OpenStep = Callable[[Resources], AbstractAsyncContextManager[StepFunction]]


def run_worker(step: Step, settings: WorkerSettings, open_step: OpenStep) -> None:
    """Run until SIGTERM or SIGINT. Exit codes: 0 after a clean shutdown, 1 when NATS is gone for good, 2 when
    misconfigured.
    """
    unwind_on_signals(0)
    log = configure(settings, step)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code = runner.run(_serve(step, settings, open_step, log))
    except* ConfigurationError as errors:
        for error in leaves_of(errors):
            log.error("misconfigured", reason=str(error))
        code = 2
    except* ScribeError as errors:
        for error in leaves_of(errors):
            log.error("worker_failed", error_class=type(error).__name__, reason=str(error))
        code = 1
    sys.exit(code)


async def _serve(step: Step, settings: WorkerSettings, open_step: OpenStep, log: Logger) -> int:
    metrics = Metrics()
    metrics.process.show_version(running_version())
    metrics.steps.create_zeros(step)
    async with AsyncExitStack() as stack:
        stack.enter_context(open_telemetry(f"scribe-{step}"))
        await stack.enter_async_context(watching_loop(metrics.loop, log))
        broker = await stack.enter_async_context(connect(settings, f"scribe-{step}", log))
        await _wait_for_streams(step, broker, settings, log)
        resources = Resources(broker=broker, metrics=metrics, log=log)
        work = await stack.enter_async_context(open_step(resources))
        cancellations = await stack.enter_async_context(open_cancellations(broker))
        runner = Runner(
            step=step,
            work=with_middleware(step, work, settings, metrics),
            hold=Hold(step, settings.hold_limit, log),
            cancellations=cancellations,
            publisher=Publisher(broker),
            metrics=metrics.steps,
            log=log,
            read_history=partial(read_history, broker.js),
            retry_limit=settings.retry_limit,
        )
        consumer = _consumer(step, settings, resources, runner)
        checks = _checks(broker, consumer)
        port = await stack.enter_async_context(serving(probes(checks, metrics.registry), settings.host, settings.port))
        freeze_heap()
        log.info("worker_started", step=step, port=port, concurrency=settings.concurrency)
        return await _until_signalled(broker, consumer, runner.stopping, settings, log)


async def _wait_for_streams(step: Step, broker: Broker, settings: WorkerSettings, log: Logger) -> None:
    """Services start in any order: the streams may be provisioned a little later than the worker."""
    deadline = time.monotonic() + STREAMS_TIMEOUT
    while True:
        try:
            await verify_streams(broker.js, settings.stream_limits, stores_of(step))
            return
        except (NotFoundError, ServiceUnavailableError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise ConfigurationError(
                    "the streams are missing; run `python -m scribe.common.messaging.provision`"
                ) from error
            log.info("waiting_for_streams")
            await asyncio.sleep(0.5)


def _consumer(step: Step, settings: WorkerSettings, resources: Resources, runner: Runner) -> Consumer:
    async def verify() -> None:
        await verify_step_consumer(resources.broker.js, step, settings.concurrency)

    return Consumer(
        resources.broker,
        PullOptions(stream=PIPELINE, durable=step, concurrency=settings.concurrency),
        runner.handle,
        ensure=verify,
        log=resources.log,
        alive=resources.metrics.steps.pull_heartbeat.labels(step).set_to_current_time,
    )


def _checks(broker: Broker, consumer: Consumer) -> Checks:
    def pulling() -> bool:
        return not broker.is_connected or consumer.silence < LIVENESS_SILENCE

    return Checks(live={"pull": pulling}, ready={"nats": lambda: broker.is_connected})


async def _until_signalled(
    broker: Broker, consumer: Consumer, stopping: asyncio.Event, settings: WorkerSettings, log: Logger
) -> int:
    signalled = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signalled.set)
    async with asyncio.TaskGroup() as tasks:
        consuming = tasks.create_task(consumer.run())
        closed = tasks.create_task(broker.closed.wait())
        ended = tasks.create_task(signalled.wait())
        await asyncio.wait({consuming, closed, ended}, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (closed, ended):
            waiting.cancel()
        if broker.closed.is_set():
            log.error("nats_closed")
            await cancel_and_wait(consuming)
            return 1
        consumer.stop()
        stopping.set()
        log.info("stopping", in_progress=consumer.in_progress)
        await _finish(consuming, settings.shutdown_grace)
    log.info("stopped")
    return 0


async def _finish(consuming: "asyncio.Task[None]", grace: float) -> None:
    await asyncio.wait({consuming}, timeout=grace)
    await cancel_and_wait(consuming)
