"""The quickest cells of `make chaos` on few items, and the driver tried on a system that is broken on purpose."""

import pytest

from tests.chaos.cell import Cell
from tests.chaos.cells import CELLS
from tests.chaos.cells.processes import nothing
from tests.chaos.checker import judge
from tests.chaos.findings import findings
from tests.chaos.running import outcomes, running_bench
from tests.support.deadlines import stretched

QUICKEST = ("rubbish in the streams", "every process restarted (SIGTERM)", "connections ended every 300 ms")
BREAKAGES = {
    "duplicated": """
        ALTER TABLE emails DROP CONSTRAINT emails_task_id_key;
        CREATE TEMPORARY TABLE copy AS SELECT * FROM emails LIMIT 1;
        UPDATE copy SET id = gen_random_uuid();
        INSERT INTO emails SELECT * FROM copy""",
    "completed without an e-mail": "DELETE FROM emails WHERE task_id = (SELECT min(task_id::text)::uuid FROM emails)",
    "failed without a sentence": """
        UPDATE queue_items SET status = 'failed', error_message = NULL
        WHERE id = (SELECT min(id::text)::uuid FROM queue_items)""",
    "lost": "DELETE FROM queue_items WHERE id = (SELECT max(id::text)::uuid FROM queue_items)",
    "stuck": """
        UPDATE queue_items SET status = 'processing', progressed_at = 'infinity'
        WHERE id = (SELECT max(id::text)::uuid FROM queue_items)""",
}
"""What to do to the tables so that the checker must find it."""

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("acceptance")]


async def test_every_promise_holds_under_the_quickest_faults() -> None:
    cells = [cell for cell in CELLS if cell.name in QUICKEST]
    assert len(cells) == len(QUICKEST)
    async for outcome in outcomes(cells, items=20, seed=1, timeout=stretched(60)):
        assert outcome.breaches == (), outcome


async def test_what_is_broken_on_purpose_is_found() -> None:
    cell = Cell("broken on purpose", nothing)
    async with running_bench(cell, seed=1) as bench:
        chaos = await bench.begin(cell, items=10)
        await chaos.until(1.0)
        assert judge(await findings(chaos)).breaches() == ()
        for breach, statement in BREAKAGES.items():
            await chaos.execute(statement)
            found = judge(await findings(chaos)).breaches()
            assert any(breach in each for each in found), (breach, found)
