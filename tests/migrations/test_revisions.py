"""Every revision goes up and down again, and two commands at once take turns."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import uuid4

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from scribe.migrations.commands import MigrationError, _config, current, downgrade, head, upgrade, wait
from tests.support.pipeline import connected
from tests.support.servers import execute, with_database
from tests.support.waiting import eventually

REVISIONS = [script.revision for script in ScriptDirectory.from_config(_config("")).walk_revisions()][::-1]


@pytest.fixture
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    """An empty database."""
    name = f"empty_{uuid4().hex[:12]}"
    await execute(postgres_url, f"CREATE DATABASE {name}")
    yield with_database(postgres_url, name)
    await execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


async def objects(url: str) -> set[str]:
    """The tables and enum types of the public schema, without alembic's own."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "UNION SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'"
        )
    finally:
        await connection.close()
    return {row[0] for row in rows} - {"alembic_version"}


async def test_every_revision_goes_up_and_down_again(empty_url: str) -> None:
    seen = [await objects(empty_url)]
    for revision in REVISIONS:
        await asyncio.to_thread(upgrade, empty_url, revision)
        seen.append(await objects(empty_url))
    for revision, before in zip(["base", *REVISIONS[:-1]][::-1], seen[:-1][::-1], strict=True):
        await asyncio.to_thread(downgrade, empty_url, revision)
        assert await objects(empty_url) == before
    assert await objects(empty_url) == set()


async def test_two_upgrades_at_once_take_turns(empty_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(upgrade, empty_url) for _ in range(2)))
    assert await asyncio.to_thread(current, empty_url) == head()


async def test_an_older_release_leaves_a_newer_schema_alone(empty_url: str) -> None:
    await asyncio.to_thread(upgrade, empty_url)
    before = await objects(empty_url)
    await execute(empty_url, "UPDATE alembic_version SET version_num = '9999'")
    await asyncio.to_thread(upgrade, empty_url)
    await asyncio.to_thread(wait, empty_url, timeout=5)
    assert await asyncio.to_thread(current, empty_url) == "9999"
    assert await objects(empty_url) == before


async def test_an_upgrade_that_waits_for_a_table_holds_up_nobody_else(empty_url: str) -> None:
    await asyncio.to_thread(upgrade, empty_url, "0003")
    async with connected(empty_url) as reader, connected(empty_url) as other, asyncio.TaskGroup() as tasks:
        async with reader.transaction():
            await reader.execute("SELECT FROM queue_items")
            upgrading = tasks.create_task(asyncio.to_thread(upgrade, empty_url))
            await eventually(partial(somebody_waits, other))
            await other.execute("SELECT FROM queue_items", timeout=10)
        await upgrading
    assert await asyncio.to_thread(current, empty_url) == head()


async def test_a_revision_that_postgresql_refuses_is_a_sentence(empty_url: str) -> None:
    await execute(empty_url, "CREATE TABLE emails ()")
    with pytest.raises(MigrationError, match=r"refused a revision: .*emails.* already exists"):
        await asyncio.to_thread(upgrade, empty_url)


async def somebody_waits(connection: asyncpg.Connection) -> bool:
    """Whether somebody waits for a table."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE datname = current_database() AND relation = 'queue_items'::regclass AND NOT granted)"
    )
    return bool(await connection.fetchval(waiting))


async def test_gateways_of_both_releases_read_what_the_other_writes_of_renamed_columns(empty_url: str) -> None:
    await asyncio.to_thread(upgrade, empty_url, "0006")
    async with connected(empty_url) as connection:
        await connection.execute(
            "INSERT INTO users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'a@example.org')"
        )
        await connection.execute(
            "INSERT INTO queue_items"
            " (id, user_id, recipient_name, recipient_interest, email_template, returns, turn_at)"
            " SELECT gen_random_uuid(), id, 'Ada', 'fluids', 'Dear {{name}}', 3, now() FROM users"
        )
        await asyncio.to_thread(upgrade, empty_url)
        both = "SELECT returns, requeue_count, turn_at, first_published_at FROM queue_items"
        (row,) = await connection.fetch(both)
        assert (row["requeue_count"], row["first_published_at"]) == (3, row["turn_at"])
        for change in (
            "UPDATE queue_items SET returns = 4",
            "UPDATE queue_items SET requeue_count = 0",
            "UPDATE queue_items SET turn_at = NULL",
            "UPDATE queue_items SET first_published_at = now()",
        ):
            await connection.execute(change)
            (row,) = await connection.fetch(both)
            assert (row["requeue_count"], row["first_published_at"]) == (row["returns"], row["turn_at"]), change
        assert row["returns"] == 0
        assert row["turn_at"] is not None
