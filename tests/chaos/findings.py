"""What the database, the dead letters and the stand-ins say of a cell."""

import asyncpg

from tests.chaos.chaos import Chaos
from tests.chaos.checker import Findings, Item

ROWS = "SELECT id::text, status::text, error_message, email_id::text, cancelled_at FROM queue_items"
EMAILS = "SELECT id::text, task_id::text FROM emails"
COUNTS = "SELECT generation_count, (SELECT count(*) FROM emails WHERE user_id = users.id) AS emails FROM users"


async def findings(chaos: Chaos) -> Findings:
    """What is found now."""
    async with chaos.database() as connection:
        rows = await connection.fetch(ROWS)
        emails = await connection.fetch(EMAILS)
        counts = await connection.fetch(COUNTS)
    answers = (await chaos.answers()).since(chaos.before)
    return Findings(
        accepted=chaos.accepted,
        items={row["id"]: _item(row) for row in rows if row["id"] not in chaos.known},
        emails={row["id"]: row["task_id"] for row in emails if row["task_id"] not in chaos.known},
        counts=[(row["generation_count"], row["emails"]) for row in counts],
        dead_letters=await chaos.target.dead_letters(),
        answered=answers.answered,
        broken=answers.broken,
        deleted=chaos.deleted,
    )


def _item(row: asyncpg.Record) -> Item:
    return Item(row["id"], row["status"], row["error_message"], row["email_id"], bool(row["cancelled_at"]))
