"""Handling of one delivery: decode it, check that it is not cancelled, run the step, settle it."""

import asyncio
import random
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count

import nats.errors
from opentelemetry import trace
from opentelemetry.trace import Span

from scribe.common.errors import PermanentError, UnavailableError, UnreadableMessageError, WorkError
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.publisher import Publisher
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import Metrics, StepMetrics
from scribe.common.observability.spans import OUTCOME, link_earlier, process_span, record_failure
from scribe.common.tasks.data import PipelineData, decode
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.worker.backoff import Jitter
from scribe.common.worker.cancellation import Cancellations
from scribe.common.worker.holding import Hold
from scribe.common.worker.isolation import Isolation
from scribe.common.worker.middleware import StepFunction, compose, deadline, heartbeat, timed
from scribe.common.worker.outcomes import Failed, Finished, Outcome, Unreadable
from scribe.common.worker.redelivery import FIRST, History, ReadHistory
from scribe.common.worker.settings import WorkerSettings
from scribe.common.worker.settlement import MAX_ALONE, MAX_DELIVERIES, CrashLoopError, decide, settle

REPEATED_DELAY = 5.0
"""Seconds until a message that is under way in this process is delivered again, if it is not settled by then."""


def with_middleware(step: Step, function: StepFunction, settings: WorkerSettings, metrics: Metrics) -> StepFunction:
    """The step as it runs in production: timed, and ended at its deadline."""
    return compose(function, timed(step, metrics.steps), deadline(settings.step_deadline))


@dataclass(frozen=True)
class Runner:
    """Handles the deliveries of one step.

    When `stopping` is set nothing is held that has no outcome yet: another worker may wait for what is away.
    """

    step: Step
    work: StepFunction
    hold: Hold
    cancellations: Cancellations
    publisher: Publisher
    metrics: StepMetrics
    log: Logger
    read_history: ReadHistory
    retry_limit: float = 0.0
    route: Route = ROUTE
    jitter: Jitter = random.uniform
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    isolation: Isolation = field(default_factory=Isolation)
    under_way: set[str] = field(default_factory=set, init=False)
    """The subjects of the messages that are worked on; each names a task and its run."""

    async def handle(self, delivery: Delivery) -> None:
        """Work on one delivery and settle it; it stays unsettled only when NATS is away past the hold limit.

        A server that was killed may have forgotten to whom it delivered, and deliver once more what is under way here:
        that waits until the first delivery is settled.
        """
        subject = str(delivery.subject)
        if subject in self.under_way:
            self.log.info("delivery_repeated", step=self.step)
            with suppress(nats.errors.Error, OSError):
                await delivery.nak(REPEATED_DELAY)
            return
        self.under_way.add(subject)
        try:
            await self._handle(delivery)
        finally:
            self.under_way.discard(subject)

    async def _handle(self, delivery: Delivery) -> None:
        started = time.monotonic()
        self.metrics.received.labels(self.step).inc()
        if delivery.attempt > 1:
            self.metrics.redeliveries.labels(self.step).inc()
        in_progress = self.metrics.in_progress.labels(self.step)
        with heartbeat(delivery), self._span(delivery) as span:
            with in_progress.track_inprogress():
                outcome = await self._outcome(delivery)
                name = await self._settle(outcome, delivery)
            span.set_attribute(OUTCOME, name)
            self._record(outcome, name, delivery, time.monotonic() - started)

    async def _outcome(self, delivery: Delivery) -> Outcome:
        try:
            data = decode(delivery.body)
        except UnreadableMessageError as error:
            return Unreadable(error)
        history = FIRST
        try:
            history = await self.hold(lambda: self.read_history(delivery, data), until=self.stopping)
            return Finished(await self._work(data, delivery, history))
        except UnreadableMessageError as error:
            return Unreadable(error)
        except Exception as error:
            if not isinstance(error, WorkError):
                self.log.error("step_raised", step=self.step, error_class=type(error).__name__, exc_info=error)
            return decide(data, history.failures + 1, error, self.jitter, retry_limit=self.retry_limit)

    async def _work(self, data: PipelineData, delivery: Delivery, history: History) -> PipelineData:
        """Begin and do the step, held while something is away. What it gives is kept while the last look is held."""
        link_earlier(history.span, delivery.attempt)
        if history.alone >= MAX_ALONE or delivery.attempt > MAX_DELIVERIES:
            raise CrashLoopError(f"worked on {history.alone} times alone, delivered {delivery.attempt} times")
        tries = count()
        result = await self.hold(
            lambda: self._isolated(data, delivery, history, next(tries)),
            until=self.stopping,
            announce=partial(self._announce_held, data, delivery),
        )
        if result.email_id is None:
            await self.hold(lambda: self.cancellations.raise_if_cancelled(data))
        return result

    async def _isolated(self, data: PipelineData, delivery: Delivery, history: History, holds: int) -> PipelineData:
        """What may have ended a worker runs alone, so that it takes nothing along."""
        alone = history.alone + 1 if history.is_suspect else 0
        if alone > 1 and not holds:
            self.metrics.poison_attempts.labels(self.step).inc()
        async with self.isolation.alone() if history.is_suspect else self.isolation.beside_others():
            if self.stopping.is_set():
                raise UnavailableError("the worker is asked to end before the work has begun")
            return await self._attempt(data, delivery, alone, holds)

    async def _attempt(self, data: PipelineData, delivery: Delivery, alone: int, holds: int) -> PipelineData:
        """Announce that the work begins, each time that it has been held, and do it."""
        await self.cancellations.raise_if_cancelled(data)
        await self._announce_start(data, delivery, alone, holds)
        with self.cancellations.interruptible(data.task_id, data.run):
            return await self.work(data)

    async def _announce_start(self, data: PipelineData, delivery: Delivery, alone: int, holds: int) -> None:
        """Tell of the start before the work, which may end this process.

        Waiting until it is stored is for a message that has been here before: should the first start be lost and the
        work have ended the process, the second is known.
        """
        started = progress_of(data, State.STARTED, self.step, datetime.now(UTC), attempt=delivery.attempt)
        if delivery.attempt > 1 or data.is_reissued or holds:
            await self.publisher.event(replace(started, alone=alone), repeat=holds)
            return
        await self.publisher.event_unconfirmed(started)
        await asyncio.sleep(0)  # the connection's own task sends it now

    async def _announce_held(self, data: PipelineData, delivery: Delivery, error: UnavailableError) -> None:
        """Announce what the work waits for, where that can be told."""
        held = progress_of(data, State.HELD, self.step, datetime.now(UTC), attempt=delivery.attempt)
        with suppress(UnavailableError):
            await self.publisher.event(replace(held, notice=error.notice, cause=str(error)))

    async def _settle(self, outcome: Outcome, delivery: Delivery) -> str:
        """Carry the outcome out. A worker that ends waits with work that is done, which would be done again; what
        comes back anyway is left to the server, which delivers it again.
        """
        until = None if isinstance(outcome, Finished | Failed) else self.stopping
        try:
            await self.hold(lambda: settle(outcome, self.step, delivery, self.publisher, self.route), until)
        except UnavailableError:
            return "abandoned"
        except PermanentError as error:
            if not isinstance(outcome, Finished):
                raise
            return await self._settle(Failed(outcome.data, error), delivery)
        return outcome.name

    def _span(self, delivery: Delivery) -> AbstractContextManager[Span]:
        place = (delivery.subject.destination, delivery.subject.task_id)
        return process_span(*place, delivery.headers, consumer=self.step, attempt=delivery.attempt)

    def _record(self, outcome: Outcome, name: str, delivery: Delivery, seconds: float) -> None:
        self.metrics.deliveries.labels(self.step, name).inc()
        if isinstance(outcome, Finished | Failed):
            self.metrics.attempts.labels(self.step).observe(delivery.attempt)
        if isinstance(outcome, Failed | Unreadable):
            self.metrics.dead_letters.labels(self.step).inc()
        error = getattr(outcome, "error", None)
        if error is not None:
            record_failure(trace.get_current_span(), type(error).__name__)
        self.log.info(
            "delivery",
            task_id=delivery.subject.task_id,
            run=delivery.subject.run,
            step=self.step,
            attempt=delivery.attempt,
            outcome=name,
            duration=round(seconds, 3),
            error_class=type(error).__name__ if error is not None else None,
            reason=str(error) if isinstance(error, WorkError) else None,
        )
