"""Services log in as roles that own nothing: each works with what it is granted, and is refused everything else."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import load_queries, open_pool
from scribe.common.process.settings import DatabaseSettings
from scribe.composer.store import PostgresEmails
from scribe.migrations.commands import upgrade, wait
from scribe.migrations.logins import create_logins
from tests.integration.test_composer_emails import email_for, submitted
from tests.support.gateway import Gateway, User, gateway_settings, running_gateway, serving_gateway
from tests.support.issuer import issuing
from tests.support.pipeline import connected
from tests.support.servers import LOGIN_ROLES, as_login, execute, with_database

OWNED = ("users", "emails", "templates", "queue_items", "rate_limits", "idempotency_keys")
INSERT_USER = "INSERT INTO users (id, email) SELECT id, id || '@example.org' FROM gen_random_uuid() AS id"
OF_REQUESTS = "SELECT set_config('role', 'scribe_user', false), set_config('scribe.caller', $1, false)"


@pytest.fixture
def composer_url(database_url: str) -> str:
    return as_login(database_url, "scribe_composer")


@pytest.mark.parametrize("logins", [2, 1])
async def test_the_gateway_works_with_what_it_is_granted(logins: int, database_url: str, nats_url: str) -> None:
    changes: dict[str, object] = {} if logins == 2 else {"users_database_url": None}
    async with (
        issuing() as issuer,
        serving_gateway(gateway_settings(database_url, nats_url, issuer, **changes), issuer) as gateway,
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


@pytest.fixture
async def injected(database_url: str, nats_url: str) -> AsyncIterator[tuple[asyncpg.Connection, Gateway, User]]:
    """A connection of the gateway's requests, as somebody has it who can run SQL of their own there for one user."""
    async with (
        issuing() as issuer,
        running_gateway(database_url, nats_url, issuer, loops=False) as gateway,
        gateway.user() as mine,
        gateway.user() as stranger,
        connected(as_login(database_url, "scribe_user")) as connection,
    ):
        for user in (mine, stranger):
            await user.generate()
        async with gateway.context.database.as_user(mine.id) as signed:
            caller = await signed.fetchval("SELECT current_setting('scribe.caller')")
        await connection.execute(OF_REQUESTS, caller)
        assert await seen(connection) == {mine.id}
        yield connection, gateway, stranger


async def seen(connection: asyncpg.Connection) -> set[UUID]:
    """Whose items are shown."""
    return {row["user_id"] for row in await connection.fetch("SELECT user_id FROM queue_items")}


async def test_sql_in_a_request_shows_no_other_user(injected: tuple[asyncpg.Connection, Gateway, User]) -> None:
    connection, _, stranger = injected
    own = await seen(connection)
    await connection.execute("RESET ROLE")
    assert await seen(connection) == own
    await connection.execute("SELECT set_config('scribe.user_id', $1, false)", str(stranger.id))
    assert await seen(connection) == own
    for claim in (str(stranger.id), f"{stranger.id} {'0' * 64}", f"{stranger.id} ", "x y z"):
        await connection.execute("SELECT set_config('scribe.caller', $1, false)", claim)
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await seen(connection)
    for statement in ("SET ROLE scribe_gateway", "SET ROLE scribe_composer", "SELECT * FROM caller_key"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.execute("RESET ALL")
    assert await seen(connection) == set()


async def test_the_signature_is_checked_once_a_statement_not_for_each_row(
    injected: tuple[asyncpg.Connection, Gateway, User],
) -> None:
    connection, _, _ = injected
    for table in ("queue_items", "emails", "templates"):
        plan = [line[0] for line in await connection.fetch(f"EXPLAIN TABLE {table}")]
        conditions = [line for line in plan if "user_id" in line]
        assert any("InitPlan" in line for line in plan)
        assert conditions
        assert not any("scribe_caller" in line for line in conditions)


async def test_a_gateway_takes_a_new_key_before_the_old_one_is_deleted(
    injected: tuple[asyncpg.Connection, Gateway, User], database_url: str
) -> None:
    _, _, user = injected
    await execute(database_url, "INSERT INTO caller_key DEFAULT VALUES")
    assert len(await user.items()) == 1
    await execute(database_url, "DELETE FROM caller_key WHERE created_at < (SELECT max(created_at) FROM caller_key)")
    assert (await user.client.get("/api/queue/")).status_code == 503
    assert len(await user.items()) == 1


@pytest.mark.parametrize("role", LOGIN_ROLES)
async def test_a_service_owns_nothing(role: str, database_url: str) -> None:
    async with connected(as_login(database_url, role)) as connection:
        for table in OWNED:
            for statement in (f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", f"DROP TABLE {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        for statement in (
            "CREATE TABLE mine ()",
            "CREATE ROLE mine",
            "SET ROLE pg_read_all_data",
            "DELETE FROM alembic_version",
            "INSERT INTO caller_key DEFAULT VALUES",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        owned = await connection.fetchval("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
    assert owned == 0


async def test_row_level_security_holds_the_owner_too(owned_url: str, postgres_url: str) -> None:
    await execute(with_database(postgres_url, owned_url.rpartition("/")[2]), INSERT_USER)
    async with connected(owned_url) as owner:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(INSERT_USER)
        assert await owner.fetch("SELECT * FROM users") == []
        await owner.execute("SET row_security = off")  # as a revision does, which would else miss the rows
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute("UPDATE users SET onboarded = true")


@pytest.mark.parametrize("role", ["scribe_gateway", "scribe_composer"])
async def test_a_service_can_wait_for_the_schema(role: str, database_url: str) -> None:
    await asyncio.to_thread(wait, as_login(database_url, role), timeout=5)


@pytest.fixture
async def owned_url(postgres_url: str) -> AsyncIterator[str]:
    """A database whose owner is no superuser, but may make logins, as at most who rent one."""
    owner = f"owner_{uuid4().hex[:12]}"
    await execute(postgres_url, f"CREATE ROLE {owner} LOGIN CREATEROLE NOINHERIT PASSWORD '{owner}'")
    for role in LOGIN_ROLES:
        await execute(postgres_url, f"GRANT {role} TO {owner} WITH ADMIN OPTION")
    await execute(postgres_url, f"CREATE DATABASE {owner} OWNER {owner}")
    address = urlsplit(with_database(postgres_url, owner))
    url = address._replace(netloc=f"{owner}:{owner}@{address.hostname}:{address.port}").geturl()
    await asyncio.to_thread(upgrade, url)
    yield url
    await execute(postgres_url, f"DROP DATABASE {owner} WITH (FORCE)")
    await execute(postgres_url, f"DROP OWNED BY {owner}; DROP ROLE {owner}")


async def test_the_owner_makes_the_logins_of_the_urls_and_gives_them_new_passwords(owned_url: str) -> None:
    address = urlsplit(owned_url)
    name = f"login_{uuid4().hex[:12]}"
    for password in ("first", "second"):
        url = address._replace(netloc=f"{name}:{password}@{address.hostname}:{address.port}").geturl()
        await asyncio.to_thread(create_logins, owned_url, {"scribe_composer": url, "scribe_gateway": owned_url})
        async with connected(url) as connection:
            assert await connection.fetch("SELECT id, task_id FROM emails") == []
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("SELECT * FROM templates")
    await execute(owned_url, f"DROP ROLE {name}")
