"""The quickest cells of `make chaos`, on few items; and the driver tried on a system that is broken on purpose."""

import pytest

from tests.chaos.cells import CELLS
from tests.chaos.checker import judge
from tests.chaos.driver import chaos_platform, findings, run_cell
from tests.support.deadlines import stretched

QUICKEST = ("rubbish in the stream", "every process restarted (SIGTERM)", "PostgreSQL read-only for 15 s")
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


@pytest.mark.parametrize("name", QUICKEST)
async def test_every_promise_holds_under(name: str) -> None:
    (cell,) = [cell for cell in CELLS if cell.name == name]
    outcome = await run_cell(cell, items=30, seed=1, timeout=stretched(120))
    assert outcome.breaches == ()
    assert outcome.verdict.completed == outcome.verdict.accepted == 30


async def test_what_is_broken_on_purpose_is_found() -> None:
    async with chaos_platform(items=10, seed=1, settings={}) as chaos:
        await chaos.until(1.0)
        assert judge(await findings(chaos)).breaches(may_fail=False, kills=0) == ()
        for breach, statement in BREAKAGES.items():
            await chaos.execute(statement)
            found = judge(await findings(chaos)).breaches(may_fail=False, kills=0)
            assert any(breach in each for each in found), (breach, found)
