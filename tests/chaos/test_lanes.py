"""A cell that hangs or ends its process costs its own row alone, and what was found is kept."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from tests.chaos.cell import Cell
from tests.chaos.cells.processes import nothing
from tests.chaos.lanes import Lanes
from tests.chaos.results import Results
from tests.chaos.row import Row
from tests.chaos.trial import Task
from tests.support.waiting import eventually

TASK = Task(peer="", names=(), items=10, seed=1, timeout=1.0)
TRIAL = """
import json, os, sys, time
for name in json.loads(sys.argv[1])["names"]:
    if name == "hangs":
        time.sleep(600)
    if name == "ends":
        os._exit(3)
    print(json.dumps({"name": name, "accepted": 10, "completed": 10}), flush=True)
"""
CLEAN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
folder = pathlib.Path("{folder}")
try:
    folder.mkdir()
    time.sleep(600)
finally:
    folder.rmdir()
"""


async def test_a_cell_that_hangs_or_ends_is_a_breach_and_the_others_are_tried() -> None:
    lanes = Lanes(TASK, limit=1.0, count=2, command=(sys.executable, "-c", TRIAL))
    groups = [[Cell(name, nothing) for name in names] for names in (("one", "hangs", "two"), ("ends", "three"))]
    rows = {row.name: row async for row in lanes.rows(groups)}
    assert {name for name, row in rows.items() if not row.breaches} == {"one", "two", "three"}
    assert rows["hangs"].not_run == "killed after 1 s"
    assert rows["ends"].not_run == "the process that tried it ended"


async def test_processes_may_clean_up_when_a_run_is_ended(tmp_path: Path) -> None:
    lanes = Lanes(TASK, limit=60.0, count=1, command=(sys.executable, "-c", CLEAN.format(folder=tmp_path / "platform")))

    async def rows() -> None:
        async for _ in lanes.rows([[Cell("one", nothing)]]):
            pass

    run = asyncio.create_task(rows())
    await eventually((tmp_path / "platform").exists)
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run
    assert not (tmp_path / "platform").exists()


def test_a_run_that_was_ended_is_continued_after_its_last_row(tmp_path: Path) -> None:
    results = Results(TASK, tmp_path)
    results.begin()
    results.add(Row(name="one", completed=10, traces={"workers killed": 2}))
    assert [row.name for row in Results(TASK, tmp_path).rows(("zero", "one"))] == ["one"]
    assert Results(TASK.model_copy(update={"seed": 2}), tmp_path).rows(("one",)) == []
