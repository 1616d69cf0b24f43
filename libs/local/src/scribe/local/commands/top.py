"""`scribe top`: the steps, live."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from nats.js import JetStreamContext
from pydantic import TypeAdapter
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scribe.local.commands.options import AsJson, Data
from scribe.local.folder import DEFAULT_FOLDER
from scribe.local.reach import NatsUrl, nats_of, reached_nats
from scribe.local.running import run
from scribe.local.top import Activity, Row, following, read_rows, read_waits

WIDTH = 100
OLD, VERY_OLD = 60.0, 300.0
HISTORY = 1.0
"""Seconds in which what happened before has arrived, and over which the ends of the last step are counted at first."""


def top(
    nats: NatsUrl = None,
    once: Annotated[bool, typer.Option("--once", help="Print one table and end.")] = False,
    interval: Annotated[float, typer.Option("--interval", min=0.2, help="Seconds between two looks.")] = 1.0,
    as_json: AsJson = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Show what waits, runs and fails at each step, live."""
    try:
        run(_top(data, nats, interval, once=once, as_json=as_json))
    except SystemExit as end:
        if isinstance(end.code, int) and end.code > 128:
            raise typer.Exit(0) from None  # Ctrl-C is how it is meant to end
        raise


async def _top(data: Path, nats: str | None, interval: float, *, once: bool, as_json: bool) -> None:
    terminal = Console(highlight=False)
    console = terminal if terminal.is_terminal else Console(highlight=False, width=WIDTH)
    async with reached_nats(nats_of(data, nats)) as broker, following(broker.js) as activity:
        await asyncio.sleep(HISTORY)
        if as_json:
            typer.echo(TypeAdapter(list[Row]).dump_json(await read_rows(broker.js, activity), indent=2).decode())
            return
        if once:
            console.print(await _picture(broker.js, activity))
            return
        with Live(console=console, auto_refresh=False, screen=console.is_terminal) as live:
            while True:
                live.update(await _picture(broker.js, activity), refresh=True)
                await asyncio.sleep(interval)


async def _picture(js: JetStreamContext, activity: Activity) -> Group:
    """The steps, and below them why work waits."""
    table = steps_table(await read_rows(js, activity))
    return Group(table, *(Text(line, "yellow") for line in await read_waits(js, activity)))


def steps_table(rows: Sequence[Row]) -> Table:
    """The steps, one a line."""
    table = Table(title=f"Scribe, {datetime.now().astimezone():%H:%M:%S}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("step")
    for heading in ("lag", "oldest", "in progress", "idle pulls", "per min", "p95", "retries", "failed"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.step,
            str(row.waiting),
            _age(row.oldest),
            str(row.in_progress),
            _count(row.idle_pulls, row.waiting > 0 and row.idle_pulls == 0 and row.in_progress == 0),
            "–" if row.rate is None else f"{row.rate:.0f}",
            "–" if row.p95 is None else f"{row.p95:.1f} s",
            _count(row.retries, row.retries > 0),
            _count(row.failures, row.failures > 0),
        )
    table.caption = "p95, retries, failed: the last five minutes; the last step's are counted from now on"
    return table


def _count(number: int | None, is_bad: bool) -> Text:
    return Text("–" if number is None else str(number), "red" if is_bad else "")


def _age(seconds: float) -> Text:
    style = "red" if seconds > VERY_OLD else "yellow" if seconds > OLD else ""
    return Text(f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min", style)
