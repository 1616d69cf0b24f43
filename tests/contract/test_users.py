"""`/api/user`."""

import asyncio
from uuid import uuid4

import pytest

from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import issuing
from tests.support.pipeline import connected
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEYS = {
    *("id", "email", "display_name", "generation_count", "template_count", "onboarded", "email_template"),
    "created_at",
}


async def test_init_creates_the_account_of_the_token(gateway: Gateway) -> None:
    user_id = uuid4()
    async with gateway.client(gateway.issuer.token(user_id, email="Ada@Example.org")) as client:
        response = await client.post("/api/user/init", json={"display_name": "Ada"})

    assert response.status_code == 201
    body = response.json()
    assert set(body) == KEYS
    assert body["id"] == str(user_id)
    assert body["email"] == "Ada@Example.org"
    assert body["display_name"] == "Ada"
    assert body["generation_count"] == body["template_count"] == 0
    assert body["onboarded"] is False
    assert body["email_template"] is None
    assert body["created_at"].endswith("Z")


async def test_init_again_keeps_the_account_and_reads_the_address_anew(gateway: Gateway) -> None:
    user_id = uuid4()
    async with gateway.client(gateway.issuer.token(user_id, email=f"old-{user_id}@example.org")) as client:
        first = (await client.post("/api/user/init", json={"display_name": "Ada"})).json()
    async with gateway.client(gateway.issuer.token(user_id, email=f"new-{user_id}@example.org")) as client:
        second = await client.post("/api/user/init")

    assert second.status_code == 201
    assert second.json() == {**first, "email": f"new-{user_id}@example.org"}


HELD = """
CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
CREATE TRIGGER held BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION held();
"""
WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
"""


async def test_first_calls_at_once_all_get_the_account(database_url: str, nats_url: str) -> None:
    async with (
        issuing() as issuer,
        running_gateway(database_url, nats_url, issuer, loops=False, database_pool_size=15) as gateway,
        connected(database_url) as connection,
    ):
        await connection.execute(HELD)

        async def all_wait() -> bool:
            return bool(await connection.fetchval(WAITING) == 8)

        for _ in range(20):
            async with gateway.client(issuer.token()) as client, asyncio.TaskGroup() as calls:
                await connection.execute("SELECT pg_advisory_lock(1)")
                posts = [calls.create_task(client.post("/api/user/init")) for _ in range(8)]
                await eventually(all_wait)
                await connection.execute("SELECT pg_advisory_unlock(1)")

            assert {post.result().status_code for post in posts} == {201}


async def test_address_of_another_account_is_a_conflict(gateway: Gateway, user: User) -> None:
    taken = (await user.client.get("/api/user")).json()["email"]
    async with gateway.client(gateway.issuer.token(email=taken.upper())) as client:
        response = await client.post("/api/user/init")

    assert response.status_code == 409


@pytest.mark.parametrize("name", ["x" * 256, 7, "a\x00b"])
async def test_unusable_display_name_is_refused(gateway: Gateway, name: object) -> None:
    async with gateway.client(gateway.issuer.token()) as client:
        assert (await client.post("/api/user/init", json={"display_name": name})).status_code == 422


async def test_profile_and_user_are_the_same(user: User) -> None:
    first, second = await user.client.get("/api/user"), await user.client.get("/api/user/profile")

    assert first.status_code == 200
    assert first.json() == second.json()


async def test_onboarding_is_noted(user: User) -> None:
    response = await user.client.patch("/api/user/onboarding")

    assert response.status_code == 200
    assert response.json()["onboarded"] is True


async def test_own_template_is_kept(user: User) -> None:
    response = await user.client.patch("/api/user/template", json={"template": "Dear {{name}}"})

    assert response.status_code == 200
    assert (await user.client.get("/api/user")).json()["email_template"] == "Dear {{name}}"


@pytest.mark.parametrize("template", ["", "  \n ", "x" * 10_001, None])
async def test_unusable_template_is_refused(user: User, template: object) -> None:
    assert (await user.client.patch("/api/user/template", json={"template": template})).status_code == 422
