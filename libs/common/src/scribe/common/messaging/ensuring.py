"""How the declared streams, buckets and consumers are made and verified.

`ensure` creates what is missing and verifies what is there. A difference is an error that names the field: two
versions that disagree about a stream must be noticed by an operator, not settled by whoever started last. Sizes and
ages are the exception: one that is larger than declared is left so, and one that is smaller is raised, never lowered.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, KeyValueConfig, StreamConfig
from nats.js.errors import NotFoundError

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.streams import (
    ACK_PENDING_PER_DELIVERY,
    EVENTS,
    PIPELINE,
    StreamLimits,
    arxiv_consumers,
    buckets,
    projector_consumer,
    step_consumer,
    streams,
)
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step


async def ensure_streams(js: JetStreamContext, limits: StreamLimits) -> None:
    """Create the streams and buckets that are missing, raise limits that are lower than declared, verify the others.

    Raises:
        ConfigurationError: one is there with another configuration; the text names its fields.
    """
    for wanted in streams(limits):
        try:
            await _raise_limits(js, wanted)
        except NotFoundError:
            await js.add_stream(wanted)
    for bucket in buckets(limits):
        try:
            await _raise_limits(js, _stream_of(bucket))
        except NotFoundError:
            await js.create_key_value(bucket)


async def verify_streams(js: JetStreamContext, limits: StreamLimits, stores: Collection[str] | None = None) -> None:
    """Check, creating nothing: what a worker does before it pulls. `stores` names the streams to check; None: all.

    Raises:
        ConfigurationError: one differs. NotFoundError: one is not there (yet).
    """
    for wanted in (*streams(limits), *map(_stream_of, buckets(limits))):
        if stores is None or wanted.name in stores:
            _raise_if_stream_differs(wanted, (await js.stream_info(str(wanted.name))).config)


async def ensure_consumer(js: JetStreamContext, stream: str, wanted: ConsumerConfig) -> None:
    """Create a durable consumer, or verify the one that is there.

    `max_ack_pending` follows from the step's concurrency, so a difference in it is updated and not refused.

    Raises:
        ConfigurationError: it is there with another configuration. NotFoundError: its stream is not there.
    """
    try:
        found = await verify_consumer(js, stream, wanted)
    except NotFoundError:
        await js.add_consumer(stream, wanted)
        return
    if found.max_ack_pending != wanted.max_ack_pending:
        await js.add_consumer(stream, wanted)


async def verify_consumer(js: JetStreamContext, stream: str, wanted: ConsumerConfig) -> ConsumerConfig:
    """Check a durable consumer, creating nothing; gives what is there.

    Raises:
        ConfigurationError: it differs in more than `max_ack_pending`. NotFoundError: it is not there (yet).
    """
    found: ConsumerConfig = (await js.consumer_info(stream, str(wanted.durable_name))).config
    _raise_if_different(f"consumer {stream}/{wanted.durable_name}", wanted, found, _CONSUMER_FIELDS)
    return found


async def verify_step_consumer(js: JetStreamContext, step: Step, concurrency: int) -> None:
    """Check the durable consumer of a step, for a worker that has up to `concurrency` deliveries in progress.

    Raises:
        ConfigurationError: it differs, or allows all workers of the step together fewer deliveries than this one wants.
        NotFoundError: it is not there (yet).
    """
    found = await verify_consumer(js, PIPELINE, step_consumer(step, concurrency))
    allowed = (found.max_ack_pending or 0) // ACK_PENDING_PER_DELIVERY
    if allowed < concurrency:
        raise ConfigurationError(
            f"SCRIBE_CONCURRENCY is {concurrency}, but all workers of {step} together may have {allowed} deliveries in "
            "progress: raise SCRIBE_STEP_CONCURRENCY where the streams are provisioned, or lower SCRIBE_CONCURRENCY"
        )


async def ensure_all_consumers(js: JetStreamContext, concurrency: int, route: Route = ROUTE) -> None:
    """Every durable consumer, so that what is published before a worker starts is already counted as its lag."""
    for step in route:
        await ensure_consumer(js, PIPELINE, step_consumer(step, concurrency))
    for stream in (PIPELINE, EVENTS):
        await ensure_consumer(js, stream, projector_consumer())
    for stream, consumer in arxiv_consumers():
        await ensure_consumer(js, stream, consumer)


async def verify_arxiv_consumers(js: JetStreamContext) -> None:
    """Check what the arxiv service pulls beside its step's own, creating nothing.

    Raises:
        ConfigurationError: one differs. NotFoundError: one is not there (yet).
    """
    for stream, consumer in arxiv_consumers():
        await verify_consumer(js, stream, consumer)


def _stream_of(bucket: KeyValueConfig) -> StreamConfig:
    """A bucket is a stream; `ttl`, `max_bytes` and `replicas` have other names there."""
    return StreamConfig(
        name=f"KV_{bucket.bucket}",
        max_age=bucket.ttl,
        max_bytes=bucket.max_bytes,
        num_replicas=bucket.replicas,
        allow_direct=bucket.direct,
    )


async def _raise_limits(js: JetStreamContext, wanted: StreamConfig) -> None:
    found = (await js.stream_info(str(wanted.name))).config
    changes = {field: getattr(wanted, field) for field in _RAISED_FIELDS if _is_lower(found, wanted, field)}
    # Buckets that an older release made are not read by key, which permissions are given by.
    raised = replace(found, allow_direct=found.allow_direct or wanted.allow_direct, **changes)
    _raise_if_stream_differs(wanted, raised)
    if raised != found:
        await js.update_stream(raised)


def _raise_if_stream_differs(wanted: StreamConfig, found: StreamConfig) -> None:
    """Refuse a stream that differs from what is wanted; a higher limit is no difference."""
    fields = _BUCKET_FIELDS if str(wanted.name).startswith("KV_") else _STREAM_FIELDS
    higher = [field for field in _RAISED_FIELDS if _is_lower(wanted, found, field)]
    _raise_if_different(f"stream {wanted.name}", wanted, found, [field for field in fields if field not in higher])


def _is_lower(one: StreamConfig, other: StreamConfig, field: str) -> bool:
    """Whether both have a limit, and that of `one` is the lower. No limit at all is never taken for a high one."""
    lower, higher = getattr(one, field) or 0, getattr(other, field) or 0
    return bool(0 < lower < higher)


_RAISED_FIELDS = ("max_bytes", "max_age")
_BUCKET_FIELDS = ("max_age", "max_bytes", "num_replicas")
_STREAM_FIELDS = (
    "subjects",
    "storage",
    "retention",
    "discard",
    "max_msgs_per_subject",
    "discard_new_per_subject",
    "max_age",
    "max_bytes",
    "max_msg_size",
    "duplicate_window",
    "num_replicas",
)
_CONSUMER_FIELDS = ("filter_subject", "ack_policy", "ack_wait", "max_deliver", "headers_only", "backoff")


def _raise_if_different(what: str, wanted: object, found: object, fields: Iterable[str]) -> None:
    differences = [
        f"{field} is {getattr(found, field)!r} and should be {getattr(wanted, field)!r}"
        for field in fields
        if (getattr(found, field) or None) != (getattr(wanted, field) or None)
    ]
    if differences:
        raise ConfigurationError(
            f"{what}: {'; '.join(differences)}. Change it (scribe-ops streams edit) or delete it and provision again."
        )
