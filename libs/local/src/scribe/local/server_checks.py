"""What `scribe doctor` looks at in the servers of the platform that runs here; nothing of it changes anything."""

import asyncio
import os
import sys
from collections.abc import Mapping

import asyncpg
from nats.js.errors import NotFoundError

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.messaging.ensuring import verify_streams
from scribe.common.messaging.permissions import stores_of
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.messaging.streams import StreamLimits, buckets, streams
from scribe.common.process.database import POSTGRES_UNAVAILABLE
from scribe.common.tasks.route import ROUTE
from scribe.local.errors import LocalError
from scribe.local.findings import Finding
from scribe.local.reach import reached_nats

MIGRATIONS_TIMEOUT = 60.0
QUERY_TIMEOUT = 10.0
NEEDED_GRANTS = (
    ("scribe_gateway", "queue_items", ("SELECT", "INSERT", "UPDATE")),
    ("scribe_composer", "queue_items", ("SELECT", "UPDATE")),
    ("scribe_composer", "emails", ("SELECT", "INSERT")),
)
"""Without these nothing is submitted or written; the migrations grant them."""


async def check_streams(settings: BrokerSettings, limits: StreamLimits) -> Finding:
    """Whether every stream and bucket is there, as it is declared. `settings` are those of the operator."""
    faults: list[str] = []
    names = [str(stream.name) for stream in streams(limits)] + [f"KV_{bucket.bucket}" for bucket in buckets(limits)]
    try:
        async with reached_nats(settings) as broker:
            for name in names:
                try:
                    await verify_streams(broker.js, limits, (name,))
                except NotFoundError:
                    faults.append(f"{name} is missing")
                except ConfigurationError as difference:
                    faults.append(str(difference))
    except (LocalError, *NATS_UNAVAILABLE) as error:
        faults.append(f"NATS does not answer ({type(error).__name__})")
    if not faults:
        return Finding(name="streams", state="ok", found=f"{len(names)} streams and buckets are as declared")
    remedy = "Stop the platform and start it again: `scribe up` makes what is missing."
    return Finding(name="streams", state="bad", found="; ".join(faults), remedy=remedy)


async def check_nats_users(users: Mapping[str, BrokerSettings]) -> Finding:
    """Whether each step's credential is accepted, and may read about the streams that the step uses."""
    refused = [name for name in ROUTE if not await _may_work(name, users[name])]
    if not refused:
        return Finding(name="NATS users", state="ok", found="each step may use its streams")
    remedy = "Stop the platform and start it again: `scribe up` writes the users' rights."
    return Finding(name="NATS users", state="bad", found=f"no access: {', '.join(refused)}", remedy=remedy)


async def _may_work(step: str, settings: BrokerSettings) -> bool:
    try:
        async with reached_nats(settings) as broker:
            await asyncio.gather(*(broker.js.stream_info(store) for store in stores_of(ROUTE.named(step))))
    except NotFoundError:
        return True  # it may ask; that the stream is missing is another finding
    except (LocalError, *NATS_UNAVAILABLE):
        return False
    return True


async def check_grants(database_url: str) -> Finding:
    """Whether the services' roles may read and write their tables. The URL is that of the schema's owner."""
    try:
        lacking = await asyncio.wait_for(_lacking_grants(database_url), QUERY_TIMEOUT)
    except (*POSTGRES_UNAVAILABLE, asyncpg.PostgresError) as error:
        lacking = [f"PostgreSQL does not answer ({type(error).__name__})"]
    if not lacking:
        return Finding(name="grants", state="ok", found="the services' roles may use their tables")
    remedy = "Grant them again, or go on from a database that the migrations have made."
    return Finding(name="grants", state="bad", found="; ".join(lacking), remedy=remedy)


async def _lacking_grants(database_url: str) -> list[str]:
    connection = await asyncpg.connect(database_url, statement_cache_size=0)
    try:
        return [
            f"{role} may not {verb} {table}"
            for role, table, verbs in NEEDED_GRANTS
            for verb in verbs
            if not await connection.fetchval("SELECT has_any_column_privilege($1, $2, $3)", role, table, verb)
        ]
    finally:
        await connection.close()


async def check_migrations(database_url: str) -> Finding:
    """Whether the schema is the newest. A process of its own looks: its imports would slow down every command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scribe.migrations", "wait", "--timeout", "0"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "SCRIBE_MIGRATIONS_DATABASE_URL": database_url},
    )
    try:
        code = await asyncio.wait_for(process.wait(), MIGRATIONS_TIMEOUT)
    except TimeoutError:
        process.kill()
        code = await process.wait()
    if code == 0:
        return Finding(name="migrations", state="ok", found="the database has the newest revision")
    remedy = "Stop the platform and start it again: `scribe up` migrates."
    return Finding(name="migrations", state="bad", found="the database lacks revisions", remedy=remedy)
