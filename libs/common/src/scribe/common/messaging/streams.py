"""The streams, consumers and buckets, declared once as values; `ensuring` makes and verifies them."""

from dataclasses import dataclass, replace

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    KeyValueConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import (
    deadletter_subject,
    event_subject,
    lookup_subject,
    papers_subject,
    pipeline_subject,
    turn_subject,
)

PIPELINE, EVENTS, DEADLETTER = "PIPELINE", "EVENTS", "DEADLETTER"
LOOKUPS, TURNS, PAPERS = "LOOKUPS", "TURNS", "PAPERS"
"""The names of the streams."""
CANCELLED, MEMO = "cancelled", "memo"
"""The names of the buckets: runs that their users cancelled, and answers that were paid for."""
PROJECTOR = "projector"
"""The durable consumers of the gateways, one on PIPELINE and one on EVENTS."""

ARXIV, ASKER, ARXIV_EARLY = "arxiv", "lookups", "arxiv-early"
"""The durable consumers of TURNS, of LOOKUPS, and of PIPELINE's messages to the scraper."""

ACK_PENDING_PER_DELIVERY = 4
"""Places that a step's consumer has for each delivery in progress: one that is to come again later keeps its own."""

HOUR = 3600.0
DAY = 24 * HOUR
ACK_WAIT = 30.0
MIB = 1024 * 1024


@dataclass(frozen=True)
class StreamLimits:
    """What an operator may choose. Sizes in bytes."""

    replicas: int = 1
    pipeline_max_bytes: int = 1024 * MIB
    events_max_bytes: int = 256 * MIB
    deadletter_max_bytes: int = 256 * MIB


def _stream(name: str, subject: object, limits: StreamLimits) -> StreamConfig:
    """What all streams have in common."""
    return StreamConfig(
        name=name,
        subjects=[str(subject)],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        num_replicas=limits.replicas,
        allow_direct=True,
    )


def pipeline_stream(limits: StreamLimits) -> StreamConfig:
    """PIPELINE: limits retention, one message a subject, new messages refused when it is full."""
    return replace(
        _stream(PIPELINE, pipeline_subject(), limits),
        discard=DiscardPolicy.NEW,
        max_msgs_per_subject=1,
        discard_new_per_subject=True,
        max_age=48 * HOUR,
        max_bytes=limits.pipeline_max_bytes,
        max_msg_size=MIB,
        duplicate_window=15 * 60.0,
    )


def events_stream(limits: StreamLimits) -> StreamConfig:
    """EVENTS: what happened between two transitions, for a week."""
    return replace(
        _stream(EVENTS, event_subject(), limits),
        discard=DiscardPolicy.OLD,
        max_age=7 * DAY,
        max_bytes=limits.events_max_bytes,
        max_msg_size=MIB,
        duplicate_window=120.0,
    )


def deadletter_stream(limits: StreamLimits) -> StreamConfig:
    """DEADLETTER: messages that no attempt could finish, for a month."""
    return replace(
        _stream(DEADLETTER, deadletter_subject(), limits),
        discard=DiscardPolicy.OLD,
        max_age=30 * DAY,
        max_bytes=limits.deadletter_max_bytes,
        max_msg_size=2 * MIB,
        duplicate_window=120.0,
    )


def lookups_stream(limits: StreamLimits) -> StreamConfig:
    """LOOKUPS: authors to be looked up on arXiv, one message an author, gone when it is answered.

    A work queue, for nothing in it is worth keeping: a task whose lookup was lost asks for it again.
    """
    return replace(
        _stream(LOOKUPS, lookup_subject("*"), limits),
        retention=RetentionPolicy.WORK_QUEUE,
        discard=DiscardPolicy.NEW,
        max_msgs_per_subject=1,
        discard_new_per_subject=True,
        max_age=HOUR / 4,
        max_bytes=16 * MIB,
        max_msg_size=16 * 1024,
        duplicate_window=1.0,
    )


def turns_stream(limits: StreamLimits) -> StreamConfig:
    """TURNS: one message for each service that one process at a time may ask: the one to which it is delivered."""
    return replace(
        _stream(TURNS, turn_subject("*"), limits),
        discard=DiscardPolicy.NEW,
        max_msgs_per_subject=1,
        discard_new_per_subject=True,
        max_bytes=MIB,
        max_msg_size=1024,
        duplicate_window=1.0,
    )


def papers_stream(limits: StreamLimits) -> StreamConfig:
    """PAPERS: arXiv's answers, the newest of each author, for a day; the oldest go where it is full."""
    return replace(
        _stream(PAPERS, papers_subject("*"), limits),
        discard=DiscardPolicy.OLD,
        max_msgs_per_subject=1,
        max_age=DAY,
        max_bytes=128 * MIB,
        max_msg_size=MIB,
        duplicate_window=1.0,
    )


def streams(limits: StreamLimits) -> tuple[StreamConfig, ...]:
    """All of them, in the order in which they are made."""
    return (
        *(pipeline_stream(limits), events_stream(limits), deadletter_stream(limits)),
        *(lookups_stream(limits), turns_stream(limits), papers_stream(limits)),
    )


def buckets(limits: StreamLimits) -> tuple[KeyValueConfig, ...]:
    """The KV buckets; both forget after two days."""
    return (
        _bucket(CANCELLED, 16 * MIB, limits),
        _bucket(MEMO, 256 * MIB, limits),
    )


def _bucket(name: str, max_bytes: int, limits: StreamLimits) -> KeyValueConfig:
    """Direct, so that the key stands in the subject of a request: permissions to read are given by key."""
    return KeyValueConfig(bucket=name, ttl=2 * DAY, max_bytes=max_bytes, replicas=limits.replicas, direct=True)


def step_consumer(step: Step, concurrency: int) -> ConsumerConfig:
    """The durable consumer of a step. `concurrency` counts the deliveries that all its pods may have in progress."""
    return ConsumerConfig(
        durable_name=step,
        filter_subject=str(pipeline_subject(step)),
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.ALL,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=ACK_PENDING_PER_DELIVERY * concurrency,
        max_waiting=512,
    )


def projector_consumer() -> ConsumerConfig:
    """The projector's durable consumer, the same on PIPELINE and EVENTS: headers only, shared by the replicas."""
    return ConsumerConfig(
        durable_name=PROJECTOR,
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.ALL,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=4096,
        max_waiting=512,
        headers_only=True,
    )


def early_lookups_consumer() -> ConsumerConfig:
    """The arxiv service reads what goes to the scraper, so that authors are looked up while the scraper works."""
    return replace(step_consumer(Step.SCRAPER, 64), durable_name=ARXIV_EARLY)


def lookups_consumer() -> ConsumerConfig:
    """The one consumer of LOOKUPS, in the order in which the authors were asked for."""
    return ConsumerConfig(
        durable_name=ASKER,
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.ALL,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=256,
        max_waiting=512,
    )


def turn_consumer() -> ConsumerConfig:
    """Delivers the turn to one process, which has it until it naks the message, or for `ack_wait` if it dies."""
    return replace(lookups_consumer(), durable_name=ARXIV, filter_subject=turn_subject(ARXIV), max_ack_pending=1)


def arxiv_consumers() -> tuple[tuple[str, ConsumerConfig], ...]:
    """The durable consumers that the arxiv service pulls besides its step's own, each with its stream."""
    return ((PIPELINE, early_lookups_consumer()), (LOOKUPS, lookups_consumer()), (TURNS, turn_consumer()))
