"""What becomes of a delivery: a pure decision, and the one function that carries it out.

| the step                                    | the outcome                                              |
|---------------------------------------------|----------------------------------------------------------|
| returns data                                | Finished: publish the next transition, then ack without waiting |
| raises TransientError, or anything unforeseen | Retry: `retrying` event, nak with a delay                |
| ... and a delay longer than a nak may hold  | Postpone: `retrying` event with a time, ack; the relay re-issues |
| ... and no quick attempt is left            | Postpone, until it has failed for `retry_limit` seconds   |
| ... and for as long as that; or a fault that is none of a service | Failed: dead letter, `failed` event, term |
| raises PermanentError                       | Failed                                                    |
| was cancelled by the user                   | Cancelled: `cancelled` event, ack                         |
| cannot read the body                        | Unreadable: dead letter as it is, term                    |
| raises UnavailableError past the hold limit, or when the worker ends | Released: as Postpone, counting nothing |
| raises DeferredError                        | Deferred: as Postpone, a `waiting` event, counting nothing |
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import assert_never

from scribe.common.errors import (
    CancelledTaskError,
    DeferredError,
    PermanentError,
    TransientError,
    UnavailableError,
    UnreadableMessageError,
    WorkError,
    cause_of,
    notice_of,
    public_sentence,
)
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.publisher import ATTEMPTS, ERROR_CLASS, ORIGINAL_SUBJECT, REASON, Publisher
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import Progress, State, progress_of
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.worker.backoff import Jitter, retry_delay
from scribe.common.worker.outcomes import (
    Cancelled,
    Deferred,
    Failed,
    Finished,
    Outcome,
    Postpone,
    Released,
    Retry,
    Unreadable,
)

MAX_ATTEMPTS = 5
MAX_ALONE = 3
"""How often a message is worked on alone without an outcome before it is given up."""
MAX_DELIVERIES = 25
"""How often a message is delivered in all: it may also end its worker before its work has begun."""
MAX_NAK = 30.0
MAX_POSTPONEMENT = 3600.0
RELEASE_DELAY = 5.0


class CrashLoopError(PermanentError):
    """The message was worked on too often without an outcome: it ends its workers."""

    default_public = "This e-mail could not be written: processing it failed again and again."


def decide(
    data: PipelineData, attempt: int, error: BaseException, uniform: Jitter, *, retry_limit: float = 0.0
) -> Outcome:
    """The outcome of the attempt that ended with `error`; `attempt` counts those of its step that ended with one, from
    1, in all runs since its user asked for it.

    A service that fails is given time, not a number of attempts: after `MAX_ATTEMPTS` in a row the task comes back
    later for one more, until it has failed for `retry_limit` seconds. An unforeseen error is given `MAX_ATTEMPTS`.
    """
    if isinstance(error, CancelledTaskError):
        return Cancelled(data)
    if isinstance(error, UnavailableError):
        return Released(data, error, attempt - 1)
    if isinstance(error, DeferredError):
        return Deferred(data, error)
    asked = error.retry_after if isinstance(error, TransientError) else None
    is_given_time = isinstance(error, TransientError) and data.failing_for < retry_limit
    if isinstance(error, PermanentError) or (attempt >= MAX_ATTEMPTS and not is_given_time):
        return Failed(data, error)
    delay = max(retry_delay(attempt, uniform), asked or 0.0)
    if attempt >= MAX_ATTEMPTS:
        return Postpone(data, error, min(max(delay, MAX_NAK), MAX_POSTPONEMENT), attempt)
    if delay > MAX_NAK:
        return Postpone(data, error, min(delay, MAX_POSTPONEMENT), attempt)
    return Retry(data, error, delay, attempt)


async def settle(outcome: Outcome, step: Step, delivery: Delivery, publisher: Publisher, route: Route = ROUTE) -> None:
    """Carry an outcome out: first what others must know, durably, then the one settlement of the delivery.

    Safe to call again after UnavailableError: everything published carries an id, and nothing is settled before it.
    """
    match outcome:
        case Finished(data):
            await publisher.transition(*_transition(data, step, route))
            await delivery.ack_unconfirmed()  # done again, the step's answers are known and its transition is there
        case Retry(data, error, delay, failures):
            retrying = _event(data, State.RETRYING, step, delivery, error)
            await publisher.event(replace(retrying, failures=failures))
            await delivery.nak(delay)
        case Postpone() | Released() | Deferred():
            await publisher.event(_departure(outcome, step, delivery))
            await delivery.ack()
        case Failed(data, error):
            await publisher.dead_letter(step, data.task_id, delivery.body, delivery.headers, _why(delivery, error))
            await publisher.event(_event(data, State.FAILED, step, delivery, error))
            await delivery.term()
        case Cancelled(data):
            await publisher.event(_event(data, State.CANCELLED, step, delivery, None))
            await delivery.ack()
        case Unreadable(error):
            await publisher.dead_letter(
                step, delivery.subject.task_id, delivery.body, delivery.headers, _why(delivery, error)
            )
            await delivery.term()
        case _:
            assert_never(outcome)


def _transition(data: PipelineData, step: Step, route: Route) -> tuple[PipelineData, Progress]:
    following, data = route.advance(step, data)
    state = State.DONE if following == Step.DONE else State.QUEUED
    return data, progress_of(data, state, following, datetime.now(UTC))


def _event(data: PipelineData, state: State, step: Step, delivery: Delivery, error: BaseException | None) -> Progress:
    sentence = public_sentence(error) if error else None
    progress = progress_of(data, state, step, datetime.now(UTC), attempt=delivery.attempt, error=sentence)
    return replace(progress, notice=notice_of(error), cause=cause_of(error))


def _departure(outcome: Postpone | Released | Deferred, step: Step, delivery: Delivery) -> Progress:
    """What brings the task back to the step later."""
    match outcome:
        case Postpone(data, error, delay, failures):
            return replace(_event(data, State.RETRYING, step, delivery, error), delay=delay, failures=failures)
        case Released(data, error, failures):
            released = _uncounted(_event(data, State.RETRYING, step, delivery, error), RELEASE_DELAY)
            return replace(released, failures=failures)
        case Deferred(data, error):
            waiting = _event(data, State.WAITING, step, delivery, error)
            return replace(_uncounted(waiting, min(error.retry_after, MAX_POSTPONEMENT)), position=error.position)
        case _:
            assert_never(outcome)


def _uncounted(progress: Progress, delay: float) -> Progress:
    """The progress of a task that comes back without having failed."""
    return replace(progress, delay=delay, error=None)


def _why(delivery: Delivery, error: BaseException) -> dict[str, str]:
    reason = str(error) if isinstance(error, WorkError | UnreadableMessageError) else "unforeseen error"
    return {
        REASON: " ".join(reason.split())[:500],
        ERROR_CLASS: type(error).__name__,
        ATTEMPTS: str(delivery.attempt),
        ORIGINAL_SUBJECT: str(delivery.subject),
    }
