"""What each service may do on NATS, declared once as values; the server's configuration is made from them.

Every service has an account of its own, which sees of the streams' account only what is imported below. Permissions
of users within one account would not do: whoever may send a request names the subject that its answer goes to, and
the server publishes it there (a worker could have a KV entry that it has written delivered as a transition or as
somebody else's entry; tried on nats-server 2.15). An answer to an import goes to the importing account alone.

A step of the route has what every step needs; a stream of its own is added to `OWN_STREAMS`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scribe.common.messaging.streams import (
    ARXIV,
    CANCELLED,
    DEADLETTER,
    EVENTS,
    LOOKUPS,
    MEMO,
    PAPERS,
    PIPELINE,
    PROJECTOR,
    TURNS,
    StreamLimits,
    arxiv_consumers,
    buckets,
    streams,
)
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import (
    ANY,
    cancel_subject,
    deadletter_subject,
    event_subject,
    lookup_subject,
    papers_subject,
    pipeline_subject,
    turn_subject,
)

API = "$JS.API"
"""Where JetStream's API is in the account that has the streams."""
IMPORTED_API = "SCRIBE.API"
"""Where the services' accounts have it: their own `$JS.API` is taken by the server (`SCRIBE_NATS_API_PREFIX`)."""
GATEWAY, SETUP, OPERATOR = "gateway", "setup", "operator"
"""The users that are no worker: the gateway, the provisioning command, and people, who may do everything."""
ALL_BUCKETS = tuple(bucket.bucket for bucket in buckets(StreamLimits()))
ALL_STREAMS = tuple(str(stream.name) for stream in streams(StreamLimits()))


@dataclass(frozen=True)
class Permissions:
    """Subjects of the streams' account that a service may publish to or send requests to; subjects of its own account
    that it lets others hear; and subjects that it hears from whoever announces them.

    A subject that is announced is not in `publish`: what comes into the streams' account by a service's import, the
    server passes on to streams and to nobody's stream import.
    """

    publish: tuple[str, ...]
    announce: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


OWN_STREAMS: Mapping[str, tuple[str, ...]] = {Step.ARXIV: (LOOKUPS, TURNS, PAPERS)}
"""Streams that only one worker uses."""


def permissions(route: Route = ROUTE) -> Mapping[str, Permissions]:
    """The permissions of every service by its name; the operator, in the streams' own account, needs none."""
    workers = {str(step): _worker(step, route) for step in route}
    return {**workers, GATEWAY: _gateway(route), SETUP: Permissions(tuple(_provisioning(route)))}


def announcer_of(subject: str, granted: Mapping[str, Permissions]) -> str:
    """The service that lets others hear a subject."""
    return next(name for name, allowed in granted.items() if subject in allowed.announce)


def stores_of(step: Step) -> tuple[str, ...]:
    """The streams that a worker uses, those behind its buckets included."""
    return (PIPELINE, EVENTS, DEADLETTER, *OWN_STREAMS.get(step, ()), f"KV_{CANCELLED}", f"KV_{MEMO}")


def _worker(step: Step, route: Route) -> Permissions:
    return Permissions(
        publish=(
            *(f"{API}.STREAM.INFO.{store}" for store in stores_of(step)),
            *_pulls(PIPELINE, step),
            f"{API}.DIRECT.GET.{EVENTS}.{event_subject()}",
            *(str(pipeline_subject(following)) for following in route.after(step)),
            str(event_subject()),
            str(deadletter_subject(step)),
            _reading(CANCELLED, ANY),
            f"{API}.DIRECT.GET.KV_{CANCELLED}",
            *_entries(MEMO, f"{step}.>"),
            *(_arxiv() if step == Step.ARXIV else ()),
        ),
        subscribe=(cancel_subject(ANY),),
    )


def _arxiv() -> Iterator[str]:
    """What the arxiv service does besides: the queue of lookups, the turn to ask, and the answers."""
    for stream, consumer in arxiv_consumers():
        yield from _pulls(stream, str(consumer.durable_name))
    yield from (lookup_subject(ANY), turn_subject(ARXIV), papers_subject(ANY))
    yield f"{API}.DIRECT.GET.{LOOKUPS}.{lookup_subject(ANY)}"
    yield f"{API}.DIRECT.GET.{PAPERS}.{papers_subject(ANY)}"


def _gateway(route: Route) -> Permissions:
    subjects = (
        *_provisioning(route),
        f"{API}.INFO",
        *(f"{API}.STREAM.PURGE.{stream}" for stream in (PIPELINE, DEADLETTER, f"KV_{MEMO}")),
        f"{API}.STREAM.MSG.DELETE.{DEADLETTER}",
        *(f"{API}.STREAM.MSG.GET.{stream}" for stream in (PIPELINE, DEADLETTER)),
        *(f"{API}.DIRECT.GET.{stream}" for stream in (PIPELINE, EVENTS, LOOKUPS)),
        *(subject for stream in (PIPELINE, EVENTS) for subject in _pulls(stream, PROJECTOR)),
        *(str(pipeline_subject(step)) for step in route),
        *_entries(CANCELLED, ANY),
    )
    return Permissions(publish=tuple(dict.fromkeys(subjects)), announce=(cancel_subject(ANY),))


def _provisioning(route: Route) -> Iterator[str]:
    """Making and verifying what is declared; nothing that deletes, and no stream that is not Scribe's."""
    for store in (*ALL_STREAMS, *(f"KV_{bucket}" for bucket in ALL_BUCKETS)):
        yield from (f"{API}.STREAM.{verb}.{store}" for verb in ("INFO", "CREATE", "UPDATE"))
    for step in route:
        yield f"{API}.CONSUMER.INFO.{PIPELINE}.{step}"
        yield f"{API}.CONSUMER.DURABLE.CREATE.{PIPELINE}.{step}"
    for stream in (PIPELINE, EVENTS):
        yield from (f"{API}.CONSUMER.{verb}.{stream}.{PROJECTOR}" for verb in ("INFO", "DURABLE.CREATE"))
    for stream, consumer in arxiv_consumers():
        yield from (f"{API}.CONSUMER.{verb}.{stream}.{consumer.durable_name}" for verb in ("INFO", "DURABLE.CREATE"))


def _pulls(stream: str, durable: str) -> Iterator[str]:
    yield f"{API}.CONSUMER.INFO.{stream}.{durable}"
    yield f"{API}.CONSUMER.MSG.NEXT.{stream}.{durable}"
    yield f"$JS.ACK.{stream}.{durable}.>"


def _entries(bucket: str, keys: str) -> Iterator[str]:
    yield _reading(bucket, keys)
    yield f"$KV.{bucket}.{keys}"


def _reading(bucket: str, keys: str) -> str:
    return f"{API}.DIRECT.GET.KV_{bucket}.$KV.{bucket}.{keys}"
