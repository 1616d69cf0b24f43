"""Services log in as roles that own nothing: each works with what it is granted, and is refused everything else."""

import asyncio

import asyncpg
import pytest

from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import load_queries, open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.composer.store import PostgresEmails
from scribe.local.servers.logins import Logins
from scribe.migrations.commands import wait
from tests.integration.test_composer_emails import email_for, submitted
from tests.support.gateway import running_gateway
from tests.support.issuer import issuing
from tests.support.pipeline import connected

OWNED = ("users", "emails", "templates", "queue_items", "rate_limits", "idempotency_keys")


@pytest.fixture
async def logins(database_url: str) -> Logins:
    logins = Logins()
    await logins.create(database_url)
    return logins


@pytest.fixture
def gateway_url(logins: Logins, database_url: str) -> str:
    return logins.url_of("gateway", database_url)


@pytest.fixture
def composer_url(logins: Logins, database_url: str) -> str:
    return logins.url_of("composer", database_url)


async def test_the_gateway_works_with_what_it_is_granted(gateway_url: str, nats_url: str) -> None:
    async with (
        issuing() as issuer,
        running_gateway(gateway_url, nats_url, issuer) as gateway,
        gateway.user() as user,
        gateway.admin() as admin,
    ):
        await user.generate()
        assert len(await user.items()) == 1
        assert (await user.client.get("/health")).json()["database"] == "healthy"
        assert (await admin.client.get("/api/admin/overview")).status_code == 200


async def test_the_composer_works_with_what_it_is_granted(composer_url: str, database_url: str) -> None:
    async with (
        open_pool(DatabaseSettings(database_url=database_url), "owner") as owner,
        open_pool(DatabaseSettings(database_url=composer_url), "composer") as pool,
    ):
        data = await submitted(owner)
        emails = PostgresEmails(pool, load_queries("scribe.composer.queries"), Metrics().database)
        email_id = await emails.write(await emails.as_submitted(data), email_for(data))
        assert await emails.write(data, email_for(data)) == email_id
        assert await owner.fetchval("SELECT generation_count FROM users WHERE id = $1", data.user_id) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM templates",
        "SELECT * FROM rate_limits",
        "SELECT * FROM idempotency_keys",
        "SELECT email_message FROM emails",
        "SELECT email FROM users",
        "SELECT email_template FROM users",
        "UPDATE users SET email = 'x'",
        "UPDATE emails SET email_message = 'x'",
        "UPDATE queue_items SET status = 'failed'",
        "DELETE FROM emails",
        "DELETE FROM queue_items",
        "INSERT INTO queue_items (user_id) VALUES (gen_random_uuid())",
        "SET ROLE scribe_gateway",
        "SET ROLE scribe_user",
    ],
)
async def test_the_composer_is_refused_everything_else(statement: str, composer_url: str) -> None:
    async with connected(composer_url) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


@pytest.mark.parametrize("service", ["gateway", "composer"])
async def test_a_service_owns_nothing(service: str, logins: Logins, database_url: str) -> None:
    async with connected(logins.url_of(service, database_url)) as connection:
        for table in OWNED:
            for statement in (f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", f"DROP TABLE {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        for statement in (
            "CREATE TABLE mine ()",
            "CREATE ROLE mine",
            "SET ROLE pg_read_all_data",
            "DELETE FROM alembic_version",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        owned = await connection.fetchval("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
    assert owned == 0


@pytest.mark.parametrize("service", ["gateway", "composer"])
async def test_a_service_can_wait_for_the_schema(service: str, logins: Logins, database_url: str) -> None:
    await asyncio.to_thread(wait, logins.url_of(service, database_url), timeout=5)
