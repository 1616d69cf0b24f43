"""`scribe trace`: the timeline of one task."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.text import Text

from scribe.common.process.database import POSTGRES_UNAVAILABLE
from scribe.local.commands.options import AsJson, Data
from scribe.local.errors import LocalError
from scribe.local.folder import DEFAULT_FOLDER
from scribe.local.reach import DatabaseUrl, NatsUrl, database_of, nats_of, reached_nats
from scribe.local.running import run
from scribe.local.timeline import TimelineEvent, timeline
from scribe.local.trace import TaskRow, read_dead_letters, read_row, read_states

TIMEOUT = 10.0


@dataclass(frozen=True)
class Trace:
    """What `--json` prints."""

    task: TaskRow
    events: Sequence[TimelineEvent]


def trace(
    task: Annotated[UUID, typer.Argument(help="The task's id, which is also its queue item's.")],
    nats: NatsUrl = None,
    database: DatabaseUrl = None,
    as_json: AsJson = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Print the timeline of one task: times, attempts, faults, costs."""
    run(_trace(task, data, nats, database, as_json=as_json))


async def _trace(task_id: UUID, data: Path, nats: str | None, database: str | None, *, as_json: bool) -> None:
    row = await _row(task_id, database_of(data, database))
    async with reached_nats(nats_of(data, nats)) as broker:
        states = await read_states(broker.js, row)
        dead_letters = await read_dead_letters(broker.js, task_id)
    events = timeline(row, states, dead_letters)
    if as_json:
        typer.echo(TypeAdapter(Trace).dump_json(Trace(row, events), indent=2).decode())
    else:
        print_timeline(Console(highlight=False), row, events)


async def _row(task_id: UUID, database: str) -> TaskRow:
    try:
        async with asyncio.timeout(TIMEOUT):
            connection = await asyncpg.connect(database, statement_cache_size=0)
            try:
                return await read_row(connection, task_id)
            finally:
                await connection.close()
    except (*POSTGRES_UNAVAILABLE, asyncpg.PostgresError) as error:
        raise LocalError(f"PostgreSQL does not answer ({type(error).__name__}); check its URL.") from None


def print_timeline(console: Console, row: TaskRow, events: Sequence[TimelineEvent]) -> None:
    """A line for each event, with the seconds since the submission."""
    console.print(Text.assemble(("task  ", "dim"), str(row.id), "  ", (row.status, "bold"), _total(row)))
    if row.trace_id:
        console.print(Text.assemble(("trace ", "dim"), row.trace_id))
    for event in events:
        since = f"{_since(row.created_at, event.at):>9.2f} s  "
        style = "red" if event.is_bad else ""
        line = Text.assemble((since, "dim"), f"{event.step:<9} ", (f"{event.what:<12}", style), event.detail)
        console.print(line, soft_wrap=True)


def _total(row: TaskRow) -> str:
    parts = []
    if row.completed_at:
        parts.append(f"  in {_since(row.created_at, row.completed_at):.2f} s")
    total = row.usage.get("total")
    if total is not None:
        parts.append("cost unknown" if total.cost_usd is None else f"${total.cost_usd:.4f}")
    return ", ".join(parts)


def _since(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
