"""`doctor`: checks everything that a gateway needs, from inside the cluster, and changes nothing."""

import argparse
from collections.abc import Awaitable, Callable

import httpx
from nats.js.errors import NotFoundError

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.messaging.ensuring import verify_arxiv_consumers, verify_consumer, verify_streams
from scribe.common.messaging.streams import DEADLETTER, EVENTS, PIPELINE, projector_consumer, step_consumer
from scribe.common.process.database import load_queries
from scribe.gateway.ops.answer import Answer
from scribe.gateway.ops.operations import Command, Commands, Operations
from scribe.gateway.problems import ServiceUnavailable

SQL = load_queries("scribe.gateway.ops")
TIMEOUT = 10.0
Check = Callable[[Operations], Awaitable[str]]


class Finding(Exception):  # noqa: N818 - a result, not an accident
    """What is wrong at one place, and what to do."""


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add `doctor`."""
    help_text = (
        "look at the database, NATS, streams, consumers, users' tokens and keys; exit code 1 where one is not well"
    )
    commands.add_parser("doctor", parents=[shared], help=help_text).set_defaults(run=_examine)


async def _examine(operations: Operations, _command: Command) -> Answer:
    checks: dict[str, Check] = {
        "database": _database,
        "streams": _streams,
        "consumers": _consumers,
        "token keys": _token_keys,
        "model key": _model_key,
        "dead letters": _dead_letters,
    }
    rows = [{"part": name, **await _result_of(check, operations)} for name, check in checks.items()]
    return Answer(rows, is_good=all(row["state"] == "ok" for row in rows))


async def _result_of(check: Check, operations: Operations) -> dict[str, str]:
    try:
        return {"state": "ok", "found": await check(operations)}
    except (Finding, ConfigurationError, ServiceUnavailable) as error:
        return {"state": "bad", "found": str(error)}
    except (*NATS_UNAVAILABLE, httpx.HTTPError) as error:
        return {"state": "bad", "found": f"no answer ({type(error).__name__})"}


async def _database(operations: Operations) -> str:
    async with operations.database.as_service() as connection:
        row = await connection.fetchrow(SQL["look"])
    if row is None or row["is_standby"]:
        raise Finding("it is a standby and takes no writes: SCRIBE_DATABASE_URL must name the primary")
    return f"PostgreSQL {row['version']}, {row['waiting']} items wait, {row['processing']} are in progress"


async def _streams(operations: Operations) -> str:
    try:
        await verify_streams(operations.broker.js, operations.settings.stream_limits)
    except NotFoundError:
        raise Finding("one is not there: run the setup, a new release of the chart does") from None
    return "as declared"


async def _consumers(operations: Operations) -> str:
    js, concurrency = operations.broker.js, operations.settings.step_concurrency
    try:
        for step in operations.route:
            await verify_consumer(js, PIPELINE, step_consumer(step, concurrency))
        for stream in (PIPELINE, EVENTS):
            await verify_consumer(js, stream, projector_consumer())
        await verify_arxiv_consumers(js)
    except NotFoundError:
        raise Finding("one is not there: run the setup, a new release of the chart does") from None
    idle = [step for step in operations.route if not await _has_readers(operations, str(step))]
    if idle:
        raise Finding(f"nobody pulls at {', '.join(idle)}: are its pods up, and do they reach NATS?")
    return "as declared, and each step has workers"


async def _has_readers(operations: Operations, step: str) -> bool:
    info = await operations.broker.js.consumer_info(PIPELINE, step)
    return bool(info.num_waiting or info.num_ack_pending)


async def _token_keys(operations: Operations) -> str:
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        response = await client.get(f"{operations.settings.issuer}/.well-known/jwks.json")
    if response.is_error:
        raise Finding(f"the issuer answers {response.status_code}: is SCRIBE_SUPABASE_URL the project's?")
    return f"the issuer answers with {len(response.json().get('keys', []))} keys"


async def _model_key(operations: Operations) -> str:
    settings = operations.settings
    keys = {"anthropic": settings.anthropic_api_key, "fireworks": settings.fireworks_api_key}
    if settings.stand_ins:
        return "stand-ins answer for the models"
    found = [name for name, key in keys.items() if key]
    if not found:
        raise Finding("neither ANTHROPIC_API_KEY nor FIREWORKS_API_KEY is set: templates from a PDF cannot be written")
    return f"set for {' and '.join(found)}"


async def _dead_letters(operations: Operations) -> str:
    count = (await operations.broker.js.stream_info(DEADLETTER)).state.messages
    return f"{count} are kept"
