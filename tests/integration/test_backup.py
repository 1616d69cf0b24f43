"""A backup made as the guide says is restored into a server that has never seen Scribe, and works there."""

import asyncio
from pathlib import Path

import asyncpg

from scribe.common.process.database import open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.local.servers import embedded_postgres
from scribe.migrations.commands import head, upgrade, wait
from scribe.migrations.logins import create_logins
from tests.integration.test_composer_emails import submitted
from tests.support.gateway import running_gateway
from tests.support.issuer import issuing
from tests.support.servers import LOGIN_ROLES, as_login
from tests.support.typed import blocks, type_in


async def contents(url: str) -> dict[str, object]:
    """Every row of the tables that hold what users have."""
    connection = await asyncpg.connect(url)
    try:
        tables = ("users", "templates", "queue_items", "emails")
        return {table: [dict(row) for row in await connection.fetch(f"TABLE {table}")] for table in tables}
    finally:
        await connection.close()


async def test_a_backup_is_restored_into_a_new_server_and_the_services_go_on_there(
    tmp_path: Path, nats_url: str
) -> None:
    backup, restore = [block.text for block in blocks("local") if block.page == "backup-and-restore"]
    async with embedded_postgres(tmp_path / "old") as old, embedded_postgres(tmp_path / "new") as new:
        await asyncio.to_thread(upgrade, old.url)
        async with open_pool(DatabaseSettings(database_url=old.url), "test") as pool:
            task = await submitted(pool)
        before = await contents(old.url)
        assert before["queue_items"]
        await asyncio.to_thread(type_in, backup, tmp_path, DATABASE_URL=old.url)
        await asyncio.to_thread(type_in, restore, tmp_path, NEW_DATABASE_URL=new.url)

        assert await contents(new.url) == before
        await asyncio.to_thread(wait, new.url, timeout=1)
        assert head()
        await asyncio.to_thread(create_logins, new.url, {role: as_login(new.url, role) for role in LOGIN_ROLES})
        async with (
            issuing() as issuer,
            running_gateway(new.url, nats_url, issuer) as gateway,
            gateway.user(task.user_id) as user,
        ):
            assert [item["id"] for item in await user.items()] == [str(task.task_id)]
        for name, url in (("old", old.url), ("new", new.url)):
            dump = f"pg_dump --schema-only --dbname $DATABASE_URL > {name}.sql"
            await asyncio.to_thread(type_in, dump, tmp_path, DATABASE_URL=url)
    schemas = [(tmp_path / name).read_text().splitlines() for name in ("old.sql", "new.sql")]
    assert [line for line in schemas[0] if "restrict" not in line] == [
        line for line in schemas[1] if "restrict" not in line
    ]
