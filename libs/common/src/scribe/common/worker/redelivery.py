"""What the deliveries before this one have come to, as EVENTS tells it.

Every attempt announces its start there, also one that then takes its process down, and every failure its outcome. A
start without an outcome makes the message suspect of having ended its worker: it is worked on alone from then on, so
that it takes nobody along, and only these attempts are counted against it. The server's count of deliveries says less:
it also counts those that only waited in a worker that ended.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from opentelemetry.trace import SpanContext

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.streams import EVENTS
from scribe.common.observability.spans import extract_context
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import ALONE, ATTEMPT, FAILURES, RUN, STEP, State
from scribe.common.tasks.subject import event_subject


@dataclass(frozen=True)
class History:
    """The deliveries of a message before the present one.

    `failures` counts the attempts that ended with an error, also those at the same step in earlier runs. `is_suspect`:
    the last attempt has no outcome; `alone` counts such attempts that nothing else ran beside. `span` is that of the
    last attempt.
    """

    failures: int = 0
    is_suspect: bool = False
    alone: int = 0
    span: SpanContext | None = None


FIRST = History()
ReadHistory = Callable[[Delivery, PipelineData], Awaitable[History]]


async def read_history(js: JetStreamContext, delivery: Delivery, data: PipelineData) -> History:
    """The history of a delivery; nothing is asked for the first one of a task that has not failed at its step before.

    Raises:
        UnavailableError: NATS did not answer.
    """
    if delivery.attempt == 1 and not data.is_reissued and not data.failing_for:
        return FIRST
    started, retrying = [await _last_event(js, data, state) for state in (State.STARTED, State.RETRYING)]
    if started.get(STEP) != delivery.subject.step:
        return FIRST
    has_outcome = all(started.get(name) == retrying.get(name) for name in (STEP, RUN, ATTEMPT))
    return History(
        failures=int(retrying.get(FAILURES, "0")) if _is_of_request(retrying, data, delivery) else 0,
        is_suspect=not has_outcome and (_is_of(started, delivery) or data.is_reissued),
        alone=int(started.get(ALONE, "0")),
        span=extract_context(started),
    )


def _is_of(headers: Mapping[str, str], delivery: Delivery) -> bool:
    """Whether an event tells of an attempt at this message."""
    return (headers.get(STEP), headers.get(RUN)) == (delivery.subject.step, delivery.subject.run)


def _is_of_request(headers: Mapping[str, str], data: PipelineData, delivery: Delivery) -> bool:
    """Whether an event tells of an attempt at the step since its user has asked for it."""
    return headers.get(STEP) == delivery.subject.step and int(headers.get(RUN, "0")) >= data.requested_run


async def _last_event(js: JetStreamContext, data: PipelineData, state: State) -> Mapping[str, str]:
    """The headers of a task's last event of this kind; empty where there is none."""
    try:
        message = await js.get_last_msg(EVENTS, str(event_subject(data.user_id, data.task_id, state)), direct=True)
    except NotFoundError:
        return {}
    except NATS_UNAVAILABLE as error:
        raise UnavailableError(f"what became of earlier deliveries: {type(error).__name__}") from error
    return message.headers or {}
