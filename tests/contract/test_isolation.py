# ruff: noqa: S608 - the names of tables are constants
"""Nobody sees or touches what belongs to somebody else: every route with another user's id, and Postgres itself."""

from uuid import uuid4

import asyncpg
import pytest

from tests.support.belongings import fill
from tests.support.gateway import Gateway, User

pytestmark = pytest.mark.asyncio(loop_scope="session")

TABLES = ("users", "emails", "templates", "queue_items", "rate_limits", "idempotency_keys")


ROUTES = [
    ("GET", "/api/email/{email}"),
    ("PATCH", "/api/email/{email}"),
    ("GET", "/api/email/status/{waiting}"),
    ("GET", "/api/email/status/{waiting}/events"),
    ("DELETE", "/api/queue/{waiting}"),
    ("POST", "/api/queue/{waiting}/cancel"),
    ("POST", "/api/queue/{failed}/retry"),
    ("GET", "/api/templates/{template}"),
    ("DELETE", "/api/templates/{template}"),
]


async def test_what_belongs_to_somebody_else_is_as_absent_as_what_does_not_exist(gateway: Gateway) -> None:
    async with gateway.user() as owner, gateway.user() as stranger:
        theirs = await fill(gateway, owner)
        for method, route in ROUTES:
            foreign = await stranger.client.request(method, route.format(**vars(theirs)), json={"displayed": False})
            absent_ids = dict.fromkeys(vars(theirs), str(uuid4()))
            absent = await stranger.client.request(method, route.format(**absent_ids), json={"displayed": False})

            assert foreign.status_code == absent.status_code == 404, route
            assert foreign.json() == absent.json(), route

        assert (await owner.client.get(f"/api/email/{theirs.email}")).json()["displayed"] is True
        assert {item["status"] for item in await owner.items()} == {"pending", "failed"}
        assert (await owner.client.get(f"/api/templates/{theirs.template}")).status_code == 200


async def test_every_route_with_an_id_is_in_the_matrix(gateway: Gateway) -> None:
    async with gateway.client() as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    with_id = {
        (method.upper(), path.rpartition("{")[0])
        for path, operations in paths.items()
        for method in operations
        if "{" in path and not path.startswith("/api/admin") and not path.endswith(("/events", "/cancel", "/retry"))
    }

    assert with_id <= {(method, route.rpartition("{")[0]) for method, route in ROUTES}


async def test_lists_and_exports_hold_only_ones_own(gateway: Gateway) -> None:
    async with gateway.user() as owner, gateway.user() as stranger:
        await fill(gateway, owner)
        for path in ("/api/email/", "/api/queue/", "/api/templates/", "/api/email/export?format=json"):
            response = await stranger.client.get(path)
            assert response.json() == [], path
        exported = await stranger.client.get("/api/email/export?format=csv")
        assert "private" not in exported.text


async def test_idempotency_key_of_another_user_is_just_a_string(gateway: Gateway) -> None:
    body = {"email_template": "Dear {{name}}, hello", "recipient_name": "Ada", "recipient_interest": "fluids"}
    async with gateway.user() as one, gateway.user() as other:
        first = await one.client.post("/api/email/generate", json=body, headers={"Idempotency-Key": "same"})
        second = await other.client.post("/api/email/generate", json=body, headers={"Idempotency-Key": "same"})

    assert first.json() != second.json()
    assert "idempotency-replayed" not in second.headers


async def test_query_that_forgets_the_user_still_sees_only_ones_own_rows(gateway: Gateway) -> None:
    async with gateway.user() as owner, gateway.user() as stranger:
        await fill(gateway, owner)
        for table in TABLES:
            owners = "id" if table == "users" else "user_id"
            async with gateway.context.database.as_user(stranger.id) as connection:
                rows = await connection.fetch(f"SELECT * FROM {table}")
                changed = await connection.fetch(f"UPDATE {table} SET {owners} = {owners} RETURNING *")
                deleted = await connection.fetch(f"DELETE FROM {table} WHERE {owners} = $1 RETURNING *", owner.id)
            assert {row[owners] for row in (*rows, *changed)} <= {stranger.id}, table
            assert deleted == [], table
            async with gateway.context.database.as_service() as connection:
                assert await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {owners} = $1", owner.id), table


async def test_row_cannot_be_written_in_somebody_elses_name(gateway: Gateway) -> None:
    async with gateway.user() as owner, gateway.user() as stranger:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with gateway.context.database.as_user(stranger.id) as connection:
                await connection.execute(
                    "INSERT INTO queue_items (user_id, recipient_name, recipient_interest, email_template)"
                    " VALUES ($1, 'Ada', 'fluids', 'Dear {{name}}')",
                    owner.id,
                )


async def test_role_of_a_users_transaction_ends_with_it(gateway: Gateway) -> None:
    async with gateway.user() as owner, gateway.user() as stranger:
        await fill(gateway, owner)
        async with gateway.context.database.users.acquire() as connection:
            before = await connection.fetchval("SELECT current_user")
        async with gateway.context.database.as_user(stranger.id) as connection:
            assert await connection.fetchval("SELECT current_user") == "scribe_user"
        async with gateway.context.database.users.acquire() as connection:
            assert await connection.fetchval("SELECT current_user") == before
            assert not await connection.fetchval("SELECT current_setting('scribe.caller', true)")


async def test_user_transaction_without_a_user_sees_nothing(gateway: Gateway) -> None:
    async with gateway.user() as owner:
        await fill(gateway, owner)
        async with gateway.context.database.pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL ROLE scribe_user")
            for table in TABLES:
                assert await connection.fetch(f"SELECT * FROM {table}") == [], table


ADMIN_ROUTES = [
    *(("GET", f"/api/admin/{name}") for name in ("overview", "users", "activity", "errors", "deadletters", "pipeline")),
    *(("GET", f"/api/admin/users/{{id}}/{name}") for name in ("emails", "templates", "queue")),
    ("POST", "/api/admin/deadletters/1/replay"),
]


@pytest.mark.parametrize(("method", "route"), ADMIN_ROUTES)
async def test_admin_routes_are_closed_to_users(gateway: Gateway, user: User, method: str, route: str) -> None:
    response = await user.client.request(method, route.format(id=user.id))
    async with gateway.client() as nobody:
        anonymous = await nobody.request(method, route.format(id=user.id))

    assert response.status_code == 403
    assert anonymous.status_code == 401


async def test_admin_rights_come_from_the_token_and_not_from_what_a_user_may_write(gateway: Gateway) -> None:
    metadata = {"role": "admin"}
    async with gateway.user(user_metadata=metadata, role="admin", app_metadata={"role": "user"}) as user:
        assert (await user.client.get("/api/admin/overview")).status_code == 403
