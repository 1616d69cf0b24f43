"""The backlog of a durable consumer, asked of JetStream, so that it is known while PostgreSQL is away."""

from dataclasses import dataclass
from datetime import UTC, datetime

from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError


@dataclass(frozen=True)
class Backlog:
    """The state of one consumer. `oldest` is the age in seconds of the oldest message that is not settled, or 0."""

    stream: str
    consumer: str
    lag: int
    unsettled: int
    redelivered: int
    waiting_pulls: int
    oldest: float


async def read_backlog(js: JetStreamContext, stream: str, consumer: str) -> Backlog:
    """The backlog now.

    Raises:
        NotFoundError: there is no such consumer. NATS_UNAVAILABLE: NATS did not answer.
    """
    info = await js.consumer_info(stream, consumer)
    return Backlog(
        stream=stream,
        consumer=consumer,
        lag=info.num_pending or 0,
        unsettled=info.num_ack_pending or 0,
        redelivered=info.num_redelivered or 0,
        waiting_pulls=info.num_waiting or 0,
        oldest=await _oldest(js, stream, info),
    )


async def _oldest(js: JetStreamContext, stream: str, info: ConsumerInfo) -> float:
    if not info.num_pending and not info.num_ack_pending:
        return 0.0
    settled = info.ack_floor.stream_seq if info.ack_floor else 0
    subject = info.config.filter_subject or ">"
    try:
        message = await js.get_msg(stream, settled + 1, subject, direct=True, next=True)
    except NotFoundError:
        return 0.0
    return max(0.0, (datetime.now(UTC) - message.time).total_seconds()) if message.time else 0.0
