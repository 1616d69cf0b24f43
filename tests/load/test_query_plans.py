"""No query of the pipeline or of a poll reads history: a million rows of it cost nothing but their disk."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from scribe.common.process.database import load_queries
from tests.support.servers import fresh_database

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(400),
    pytest.mark.xdist_group("history"),
]

HISTORY, WAITING = 1_000_000, 20_000
POLLS = load_queries("scribe.gateway.queue")
LOOPS = load_queries("scribe.gateway.pipeline")
USER = UUID("00000000-0000-4000-8000-000000000007")

QUERIES = {
    # name: (SQL, arguments, buffers of 8 kB that it may touch)
    "the version of a list": (f"{POLLS['listed']} {POLLS['version']}", (USER, [1, 2], 1000, "{}"), 200),
    "a list": (f"{POLLS['listed']} {POLLS['list']}", (USER, [1, 2], 1000, "{}"), 200),
    "changes of a list": (POLLS["changed_since"], (USER, None, None), 200),
    "what a user has waiting": (POLLS["count_pending"], (USER,), 200),
    "the relay's turn": (LOOPS["take"], (32, 128, True), 20_000),
    "whether anything is pending": (LOOPS["is_any_pending"], (), 200),
    "places in the queue": (LOOPS["places"], (1000,), 5_000),
    "the gauges of the queue": (LOOPS["watch_queue"], (), 5_000),
    "what is in flight": (LOOPS["in_flight"], (), 200),
    "what is silent": (LOOPS["stale"], (180.0,), 200),
}


@dataclass(frozen=True)
class Plan:
    """What a query did."""

    buffers: int
    whole_tables: frozenset[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A database with a million rows of history, filled before its indexes are built."""
    script = Path(__file__).with_name("history.sql").read_text("utf-8")
    async with fresh_database(postgres_url) as url:
        connection = await asyncpg.connect(url, command_timeout=300)
        indexes = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'queue_items' AND indexname NOT LIKE '%_pkey'"
        )
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        fill, _, finish = script.partition("SET session_replication_role = origin;\n")
        await connection.execute(fill.replace(":history", str(HISTORY)).replace(":waiting", str(WAITING)))
        for index in indexes:
            await connection.execute(index["indexdef"])
        for statement in filter(str.strip, finish.split(";")):
            await connection.execute(statement)
        yield connection
        await connection.close()


async def plan_of(connection: asyncpg.Connection, query: str, arguments: tuple[object, ...]) -> Plan:
    """Run a query and take its plan."""
    (explained,) = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *arguments))
    root = explained["Plan"]
    whole = {str(node["Relation Name"]) for node in nodes(root) if node["Node Type"] == "Seq Scan"}
    return Plan(root["Shared Hit Blocks"] + root["Shared Read Blocks"], frozenset(whole))


def nodes(node: dict[str, object]) -> Iterator[dict[str, object]]:
    """A plan's nodes."""
    yield node
    for child in node.get("Plans", ()):  # type: ignore[attr-defined]
        yield from nodes(child)


@pytest.mark.parametrize("name", QUERIES)
async def test_query_reads_no_history(full: asyncpg.Connection, name: str) -> None:
    query, arguments, allowed = QUERIES[name]
    plan = await plan_of(full, query, arguments)
    assert "queue_items" not in plan.whole_tables
    assert plan.buffers <= allowed
