"""`streams` and `consumers`: what NATS holds, and the few fields of a stream that may be changed while all runs."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from nats.js.api import ConsumerInfo, StreamConfig, StreamInfo

from scribe.common.messaging.permissions import ALL_BUCKETS, ALL_STREAMS
from scribe.common.messaging.streams import EVENTS, PIPELINE, PROJECTOR, arxiv_consumers, buckets, streams
from scribe.gateway.ops.answer import Answer
from scribe.gateway.ops.operations import Command, Commands, Operations
from scribe.gateway.problems import BadRequest

NAMES = (*ALL_STREAMS, *(f"KV_{bucket}" for bucket in ALL_BUCKETS))
MAX_REPLICAS = 5


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add `streams show`, `streams edit` and `consumers`."""
    actions = commands.add_parser("streams", help="what NATS holds").add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("show", parents=[shared], help="all streams and buckets").set_defaults(run=_show)
    edit = actions.add_parser("edit", parents=[shared], help="raise a limit, or change the number of replicas")
    edit.add_argument("stream", choices=NAMES, metavar="STREAM")
    edit.add_argument("--max-bytes", type=int, help="size limit, bytes; never below what is declared")
    edit.add_argument("--max-age", type=float, help="age limit, seconds; never below what is declared")
    edit.add_argument("--replicas", type=int, choices=range(1, MAX_REPLICAS + 1), metavar="N", help="copies, 1 to 5")
    edit.set_defaults(run=_edit)
    consumers = commands.add_parser("consumers", parents=[shared], help="who reads the streams, and how far they are")
    consumers.set_defaults(run=_consumers)


async def _show(operations: Operations, _command: Command) -> Answer:
    return Answer([_row(await operations.broker.js.stream_info(name)) for name in NAMES])


async def _edit(operations: Operations, command: Command) -> Answer:
    if command.max_bytes is command.max_age is command.replicas is None:
        raise BadRequest("Say what to change: --max-bytes, --max-age or --replicas.")
    js = operations.broker.js
    found = (await js.stream_info(command.stream)).config
    wanted = replace(
        found,
        max_bytes=found.max_bytes if command.max_bytes is None else command.max_bytes,
        max_age=found.max_age if command.max_age is None else command.max_age,
        num_replicas=found.num_replicas if command.replicas is None else command.replicas,
    )
    _raise_if_lower(wanted, _declared(operations, command.stream))
    await js.update_stream(wanted)
    return Answer([_row(await js.stream_info(command.stream))])


def _raise_if_lower(wanted: StreamConfig, declared: StreamConfig) -> None:
    """Every process refuses a stream that is smaller than its settings say, so it must not become so."""
    limits = {
        "--max-bytes": (wanted.max_bytes or 0, declared.max_bytes or 0),
        "--max-age": (wanted.max_age or 0, declared.max_age or 0),
    }
    for option, (value, least) in limits.items():
        if value < least:
            raise BadRequest(
                f"{option} of {wanted.name} cannot be below {least:.15g}, as the settings say: lower those first."
            )


def _declared(operations: Operations, name: str) -> StreamConfig:
    """Size and age as the settings say; a bucket calls its age otherwise."""
    limits = operations.settings.stream_limits
    for stream in streams(limits):
        if stream.name == name:
            return stream
    (bucket,) = (bucket for bucket in buckets(limits) if f"KV_{bucket.bucket}" == name)
    return StreamConfig(name=name, max_age=bucket.ttl, max_bytes=bucket.max_bytes)


def _row(info: StreamInfo) -> dict[str, object]:
    config, state = info.config, info.state
    limit = config.max_bytes or 0
    full = f"{100 * state.bytes / limit:.0f} %" if limit > 0 else ""
    return {
        "stream": config.name,
        "messages": state.messages,
        "bytes": state.bytes,
        "max_bytes": config.max_bytes,
        "full": full,
        "max_age": config.max_age,
        "replicas": config.num_replicas,
    }


async def _consumers(operations: Operations, _command: Command) -> Answer:
    js = operations.broker.js
    return Answer([_reader(await js.consumer_info(*names)) for names in _durables(operations)])


def _durables(operations: Operations) -> Sequence[tuple[str, str]]:
    others = [(stream, str(consumer.durable_name)) for stream, consumer in arxiv_consumers()]
    return [*((PIPELINE, str(step)) for step in operations.route), (PIPELINE, PROJECTOR), (EVENTS, PROJECTOR), *others]


def _reader(info: ConsumerInfo) -> dict[str, object]:
    return {
        "stream": info.stream_name,
        "consumer": info.name,
        "waiting": info.num_pending,
        "in_progress": info.num_ack_pending,
        "redelivered": info.num_redelivered,
        "open_pulls": info.num_waiting,
    }
