"""Which span an earlier attempt at a message was: what a redelivery's span is linked to.

Every attempt announces its start in EVENTS, in the name of its span, also one that then takes its process down.
"""

from collections.abc import Awaitable, Callable

from nats.js import JetStreamContext
from opentelemetry.trace import SpanContext

from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.streams import EVENTS
from scribe.common.observability.spans import extract_context
from scribe.common.tasks.progress import ATTEMPT, RUN, STEP, USER, State
from scribe.common.tasks.subject import event_subject

EarlierAttempt = Callable[[Delivery], Awaitable[SpanContext | None]]


async def no_earlier_attempt(_delivery: Delivery) -> SpanContext | None:
    """Where nobody follows traces."""
    return None


async def earlier_attempt(js: JetStreamContext, delivery: Delivery) -> SpanContext | None:
    """The span of the attempt before this one; None where it is not known, or NATS does not answer."""
    subject, user = delivery.subject, delivery.headers.get(USER)
    if not user:
        return None
    try:
        started = await js.get_last_msg(EVENTS, str(event_subject(user, subject.task_id, State.STARTED)), direct=True)
    except NATS_UNAVAILABLE:
        return None
    headers = started.headers or {}
    same = headers.get(STEP) == subject.step and headers.get(RUN) == subject.run
    return extract_context(headers) if same and headers.get(ATTEMPT) != str(delivery.attempt) else None
