"""E-mails in a real PostgreSQL: one for each task, counted once, none for what was cancelled; also behind a pooler."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from scribe.common.errors import CancelledTaskError, UnavailableError, UnreadableMessageError
from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import load_queries, open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.usage import Usage
from scribe.composer.draft import Draft
from scribe.composer.drafting import AcceptedDraft
from scribe.composer.judging import Judgement
from scribe.composer.metadata import FinishedEmail, finish
from scribe.composer.store import PostgresEmails
from scribe.composer.verdicts import Verdict
from tests.support.servers import set_read_only, through
from tests.support.waiting import eventually
from tests.support.writing import GOOD, SAYING, SOURCE, material_of, ready_task

QUERIES = load_queries("scribe.composer.queries")


@pytest.fixture
async def pool(database_url: str, database_server: str) -> AsyncIterator[asyncpg.Pool]:
    settings = DatabaseSettings(database_url=through(database_server, database_url))
    async with open_pool(settings, "tests") as pool:
        yield pool


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def emails(pool: asyncpg.Pool, metrics: Metrics) -> PostgresEmails:
    return PostgresEmails(pool, QUERIES, metrics.database)


async def submitted(pool: asyncpg.Pool, **fields: object) -> PipelineData:
    """A task whose user and row are there."""
    data = ready_task(**fields)
    await pool.execute(
        "INSERT INTO users (id, email) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        data.user_id,
        f"{data.user_id}@x.example",
    )
    await pool.execute(
        "INSERT INTO queue_items (id, user_id, recipient_name, recipient_interest, email_template) "
        "VALUES ($1, $2, $3, $4, $5)",
        data.task_id,
        data.user_id,
        data.recipient_name,
        data.recipient_interest,
        data.email_template,
    )
    return data


def email_for(data: PipelineData) -> FinishedEmail:
    judgement = Judgement(Draft(body=GOOD), (), {SAYING: Verdict("supported", ("P1",))}, is_checked=True)
    accepted = AcceptedDraft(judgement, Usage(model="anthropic:x", calls=1))
    return finish(data, material_of(data), accepted, 1.0)


async def count_of(pool: asyncpg.Pool, user_id: UUID) -> int:
    count: int = await pool.fetchval("SELECT generation_count FROM users WHERE id = $1", user_id)
    return count


async def test_the_time_of_the_transaction_is_measured(
    pool: asyncpg.Pool, emails: PostgresEmails, metrics: Metrics
) -> None:
    data = await submitted(pool)
    await emails.write(data, email_for(data))
    name, labels = "scribe_database_transaction_seconds_count", {"operation": "INSERT emails"}
    assert metrics.registry.get_sample_value(name, labels) == 1


async def test_the_email_and_the_count_are_written_together(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data = await submitted(pool)
    email_id = await emails.write(data, email_for(data))
    row = await pool.fetchrow("SELECT * FROM emails WHERE id = $1", email_id)
    assert row is not None
    assert (row["task_id"], row["user_id"], row["email_message"]) == (data.task_id, data.user_id, GOOD)
    assert (row["template_type"], row["is_confident"], row["displayed"]) == ("research", True, True)
    assert row["metadata"]["papers_used"] == ["Entanglement of Superfluid Helium"]
    assert await count_of(pool, data.user_id) == 1
    assert (await emails.as_submitted(data)).email_id == email_id


async def test_redelivered_message_writes_one_email(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data = await submitted(pool)
    first = await emails.write(data, email_for(data))
    assert await emails.write(data.model_copy(update={"run": 2}), email_for(data)) == first
    assert await count_of(pool, data.user_id) == 1


async def test_ten_deliveries_at_once_write_one_email(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data = await submitted(pool)
    written = await asyncio.gather(*(emails.write(data, email_for(data)) for _ in range(10)))
    assert len(set(written)) == 1
    assert await count_of(pool, data.user_id) == 1


async def test_many_tasks_of_one_user_count_exactly(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    first = await submitted(pool)
    tasks = [first, *[await submitted(pool, user_id=first.user_id) for _ in range(19)]]
    await asyncio.gather(*(emails.write(data, email_for(data)) for data in tasks))
    assert await count_of(pool, first.user_id) == 20


async def test_a_cancelled_task_gets_no_email(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data = await submitted(pool)
    await pool.execute("UPDATE queue_items SET cancelled_at = now() WHERE id = $1", data.task_id)
    with pytest.raises(CancelledTaskError):
        await emails.write(data, email_for(data))
    assert (await emails.as_submitted(data)).email_id is None
    assert await count_of(pool, data.user_id) == 0


async def test_a_deleted_task_gets_no_email(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data = await submitted(pool)
    await pool.execute("DELETE FROM queue_items WHERE id = $1", data.task_id)
    with pytest.raises(CancelledTaskError):
        await emails.write(data, email_for(data))
    assert await count_of(pool, data.user_id) == 0


async def test_a_task_of_another_user_gets_no_email(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data, other = await submitted(pool), await submitted(pool)
    with pytest.raises(CancelledTaskError):
        await emails.write(data.model_copy(update={"user_id": other.user_id}), email_for(data))
    assert await count_of(pool, other.user_id) == 0


async def test_what_belongs_to_the_user_is_read_from_the_row(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data = await submitted(pool, sender_name="Jo Park")
    await pool.execute("UPDATE users SET display_name = 'Jo Park' WHERE id = $1", data.user_id)
    forged = data.model_copy(
        update={
            "email_template": "Send money to {{name}}",
            "recipient_name": "Somebody Else",
            "recipient_interest": "wire transfers",
            "sender_name": "The Dean",
            "email_id": data.task_id,
        }
    )
    assert await emails.as_submitted(forged) == data


async def test_a_template_from_before_it_was_made_uniform_is_read_like_the_parsers(
    pool: asyncpg.Pool, emails: PostgresEmails
) -> None:
    data = await submitted(pool, email_template="Dear {{name}},\r\n\r\nhello")
    assert (await emails.as_submitted(data)).email_template == "Dear {{name}},\n\nhello"


async def test_a_message_of_no_task_or_of_another_users_is_no_message(
    pool: asyncpg.Pool, emails: PostgresEmails
) -> None:
    data, other = await submitted(pool), await submitted(pool)
    for forged in (ready_task(), data.model_copy(update={"user_id": other.user_id})):
        with pytest.raises(UnreadableMessageError):
            await emails.as_submitted(forged)


async def test_a_cancellation_under_way_is_waited_for(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    data = await submitted(pool)
    async with pool.acquire() as canceller, asyncio.TaskGroup() as tasks:
        transaction = canceller.transaction()
        await transaction.start()
        await canceller.execute("UPDATE queue_items SET cancelled_at = now() WHERE id = $1", data.task_id)
        writing = tasks.create_task(_outcome(emails, data))
        await eventually(lambda: _somebody_waits(pool))
        assert not writing.done()
        await transaction.commit()
    assert writing.result() == "cancelled"
    assert (await emails.as_submitted(data)).email_id is None


async def _outcome(emails: PostgresEmails, data: PipelineData) -> str:
    try:
        await emails.write(data, email_for(data))
    except CancelledTaskError:
        return "cancelled"
    return "written"


async def _somebody_waits(pool: asyncpg.Pool) -> bool:
    """Whether somebody waits for a lock in the test's own database."""
    waiting: bool = await pool.fetchval(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
    )
    return waiting


async def test_a_page_with_a_nul_character_is_no_obstacle(pool: asyncpg.Pool, emails: PostgresEmails) -> None:
    source = SOURCE.model_copy(update={"title": "Adrian\x00 Del Maestro"})
    data = await submitted(pool, research={"sources": (source,), "facts": ()})
    email_id = await emails.write(data, email_for(data))
    metadata = await pool.fetchval("SELECT metadata FROM emails WHERE id = $1", email_id)
    assert metadata["sources"][0]["title"] == "Adrian Del Maestro"


async def test_a_database_that_is_away_holds_the_work() -> None:
    settings = DatabaseSettings(database_url="postgresql://nobody@127.0.0.1:1/none")
    async with open_pool(settings, "tests") as pool:
        emails = PostgresEmails(pool, QUERIES, Metrics().database)
        with pytest.raises(UnavailableError):
            await emails.as_submitted(ready_task())
        with pytest.raises(UnavailableError):
            await emails.write(ready_task(), email_for(ready_task()))


async def test_a_database_that_only_reads_holds_the_work_until_it_writes_again(
    database_url: str, metrics: Metrics
) -> None:
    async with open_pool(DatabaseSettings(database_url=database_url), "tests") as pool:
        emails = PostgresEmails(pool, QUERIES, metrics.database)
        data = await submitted(pool)
        await set_read_only(database_url, "on")
        await pool.expire_connections()
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await emails.write(data, email_for(data))
        await set_read_only(database_url, "off")
        # Nothing here expires the connections: one that was told that it may only read is dropped by itself.
        assert await emails.write(data, email_for(data)) == (await emails.as_submitted(data)).email_id
