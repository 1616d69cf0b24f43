"""The quickest cells of `make chaos` on few items, and the driver tried on a system that is broken on purpose."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.chaos.cell import Cell
from tests.chaos.cells import CELLS
from tests.chaos.cells.processes import nothing
from tests.chaos.checker import judge
from tests.chaos.findings import findings
from tests.chaos.running import Bench, running_bench
from tests.support.deadlines import stretched

QUICKEST = (
    "rubbish in the streams",
    "nats-server's store wiped",
    "users deleted under way",
    "every process and server killed",
)
"""What ends the workers comes last: new ones load what they need with their first items."""
STALE_AFTER = "4"
"""Seconds; three times that and they are over before NATS takes back what a killed worker had (30 s)."""
LATEST = "(SELECT id FROM queue_items ORDER BY submission DESC OFFSET {} LIMIT 1)"
BREAKAGES = {
    "duplicated": """
        ALTER TABLE emails DROP CONSTRAINT emails_task_id_key;
        CREATE TEMPORARY TABLE copy AS SELECT * FROM emails WHERE task_id = LATEST;
        UPDATE copy SET id = gen_random_uuid();
        INSERT INTO emails SELECT * FROM copy""",
    "completed without an e-mail": "DELETE FROM emails WHERE task_id = LATEST",
    "failed without a sentence": "UPDATE queue_items SET status = 'failed', error_message = NULL WHERE id = LATEST",
    "lost": "DELETE FROM queue_items WHERE id = LATEST",
    "stuck": "UPDATE queue_items SET status = 'processing', progressed_at = 'infinity' WHERE id = LATEST",
}
"""What to do to the tables so that the checker must find it; each to another of the items."""

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("acceptance"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bench() -> AsyncIterator[Bench]:
    """One platform for all tests; the last of them breaks it."""
    async with running_bench(Cell("plain", nothing, settings={"SCRIBE_STALE_AFTER": STALE_AFTER}), seed=1) as bench:
        yield bench


@pytest.mark.parametrize("name", QUICKEST)
async def test_every_promise_holds_under(name: str, bench: Bench) -> None:
    (cell,) = [cell for cell in CELLS if cell.name == name]
    row = await bench.run(cell, items=20, timeout=stretched(60))
    assert row.breaches == ()
    assert row.completed > 0


async def test_what_is_broken_on_purpose_is_found(bench: Bench) -> None:
    chaos = await bench.begin(Cell("broken on purpose", nothing), items=10)
    await chaos.until(1.0)
    assert judge(await findings(chaos)).breaches() == ()
    for number, (breach, statement) in enumerate(BREAKAGES.items()):
        await chaos.execute(statement.replace("LATEST", LATEST.format(number)))
        found = judge(await findings(chaos)).breaches()
        assert any(breach in each for each in found), (breach, found)
