"""Idempotency-Key and rate limits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from starlette.responses import JSONResponse

from scribe.gateway.database import Connection
from scribe.gateway.limits.idempotency import Repeats, claimed
from scribe.gateway.problems import Conflict, TooManyRequests
from scribe.gateway.queue.models import Generate
from tests.support.gateway import TEMPLATE, Gateway, User, running_gateway
from tests.support.issuer import issuing
from tests.support.servers import fresh_database, running_nats

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE = {"email_template": TEMPLATE, "recipient_name": "Ada Example", "recipient_interest": "fluids"}
LATER = "UPDATE idempotency_keys SET created_at = created_at - interval '3 minutes'"
PERSON = {"recipient_name": "Ada", "recipient_interest": "fluids"}
MANY = {"items": [PERSON, PERSON], "email_template": TEMPLATE}


@pytest.mark.parametrize(("path", "body"), [("/api/email/generate", ONE), ("/api/queue/batch", MANY)])
async def test_repeated_request_gets_the_first_answer_and_does_nothing(
    user: User, path: str, body: dict[str, object]
) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = await user.client.post(path, json=body, headers=headers)
    created = [item["id"] for item in await user.items()]
    second = await user.client.post(path, json=body, headers=headers)

    assert second.status_code == first.status_code
    assert second.json() == first.json()
    assert second.headers.get("location") == first.headers.get("location")
    assert second.headers.get("retry-after") == first.headers.get("retry-after")
    assert [item["id"] for item in await user.items()] == created


async def test_same_key_with_another_body_or_route_is_422(user: User) -> None:
    headers = {"Idempotency-Key": "key"}
    assert (await user.client.post("/api/email/generate", json=ONE, headers=headers)).status_code == 202

    other = await user.client.post("/api/email/generate", json={**ONE, "recipient_name": "Bob"}, headers=headers)
    elsewhere = await user.client.post("/api/queue/batch", json=MANY, headers=headers)

    for response in (other, elsewhere):
        assert response.status_code == 422
        assert response.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]
    assert len(await user.items()) == 1


async def test_of_many_requests_at_once_one_is_carried_out(user: User) -> None:
    headers = {"Idempotency-Key": "at once"}
    answers = await asyncio.gather(
        *(user.client.post("/api/email/generate", json=ONE, headers=headers) for _ in range(12))
    )

    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["task_id"] for answer in answers if answer.status_code == 202}) == 1
    assert len(await user.items()) == 1


async def test_request_that_was_refused_gives_its_key_back(user: User) -> None:
    headers = {"Idempotency-Key": "key"}
    assert (await user.client.post("/api/email/generate", json={}, headers=headers)).status_code == 422

    assert (await user.client.post("/api/email/generate", json=ONE, headers=headers)).status_code == 202


async def test_claim_that_was_never_finished_is_free_again_after_two_minutes(gateway: Gateway, user: User) -> None:
    headers = {"Idempotency-Key": "crashed"}
    await user.client.post("/api/email/generate", json=ONE, headers=headers)
    unfinished = (
        "UPDATE idempotency_keys SET status = NULL, body = NULL, created_at = now() - $2::interval WHERE user_id = $1"
    )
    async with gateway.context.database.pool.acquire() as connection:
        await connection.execute(unfinished, user.id, timedelta(seconds=60))
    assert (await user.client.post("/api/email/generate", json=ONE, headers=headers)).status_code == 409
    async with gateway.context.database.pool.acquire() as connection:
        await connection.execute(unfinished, user.id, timedelta(seconds=121))

    assert (await user.client.post("/api/email/generate", json=ONE, headers=headers)).status_code == 202


async def nothing(_connection: Connection) -> None:
    """The charge of a request that costs nothing."""


async def test_claim_of_a_request_that_is_refused_its_charge_is_not_kept(gateway: Gateway, user: User) -> None:
    database, claim = gateway.context.database, (user.id, Repeats("refused"), "route", Generate.model_validate(ONE))

    async def refuse(_connection: Connection) -> None:
        raise TooManyRequests("Nothing is left.", 1)

    with pytest.raises(TooManyRequests):
        async with claimed(database, *claim, refuse):
            pytest.fail("begun although refused")
    async with claimed(database, *claim, nothing) as later:
        assert later.answer is None


async def test_who_lost_the_claim_to_a_repeat_keeps_nothing_and_is_told_so(gateway: Gateway, user: User) -> None:
    body, repeats = Generate.model_validate(ONE), Repeats("slow")
    database = gateway.context.database

    async def claim(answer: str, *, slowly: bool = False) -> None:
        async with claimed(database, user.id, repeats, "route", body, nothing) as mine:
            if slowly:
                async with database.as_service() as connection:
                    await connection.execute(LATER)
                await claim("quick")
            async with database.as_user(user.id) as connection:
                await mine.finish(connection, JSONResponse({"by": answer}))

    with pytest.raises(Conflict):
        await claim("slow", slowly=True)
    async with claimed(database, user.id, repeats, "route", body, nothing) as again:
        assert again.answer is not None
        assert b"quick" in bytes(again.answer.body)


@pytest.mark.parametrize(("path", "body"), [("/api/email/generate", ONE), ("/api/queue/batch", MANY)])
async def test_same_body_without_a_key_is_a_repeat_for_a_minute(
    gateway: Gateway, user: User, path: str, body: dict[str, object]
) -> None:
    del user.client.headers["Scribe-Repeat"]
    first = await user.client.post(path, json=body)
    second = await user.client.post(path, json=body)
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert second.headers["Idempotency-Replayed"] == "true"

    async with gateway.context.database.pool.acquire() as connection:
        await connection.execute("UPDATE idempotency_keys SET created_at = created_at - interval '61 seconds'")
    assert (await user.client.post(path, json=body)).json() != first.json()


async def test_same_body_is_done_again_where_the_client_says_so(user: User) -> None:
    answers = [
        await user.client.post("/api/email/generate", json=ONE, headers={"Scribe-Repeat": "allow"}) for _ in range(2)
    ]
    assert len({answer.json()["task_id"] for answer in answers}) == 2


async def test_same_body_at_once_is_carried_out_once_and_everybody_gets_the_answer(user: User) -> None:
    del user.client.headers["Scribe-Repeat"]
    answers = await asyncio.gather(*(user.client.post("/api/email/generate", json=ONE) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["task_id"] for answer in answers}) == 1
    assert len(await user.items()) == 1


@pytest.mark.parametrize("change", ["delete", "cancel"])
async def test_same_body_is_done_again_after_it_was_taken_back(user: User, change: str) -> None:
    del user.client.headers["Scribe-Repeat"]
    task = (await user.client.post("/api/email/generate", json=ONE)).json()["task_id"]
    taken_back = {
        "delete": lambda: user.client.delete(f"/api/queue/{task}"),
        "cancel": lambda: user.client.post(f"/api/queue/{task}/cancel"),
    }
    (await taken_back[change]()).raise_for_status()
    assert (await user.client.post("/api/email/generate", json=ONE)).json()["task_id"] != task


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_unusable_key_is_refused(user: User, key: str) -> None:
    response = await user.client.post("/api/email/generate", json=ONE, headers={"Idempotency-Key": key})

    assert response.status_code == 422


@pytest_asyncio.fixture(loop_scope="session")
async def strict_gateways(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Gateway, Gateway]]:
    """Two replicas with low limits."""
    limits = {"generate_per_minute": 5, "batches_per_minute": 2, "pending_per_user": 150}
    async with (
        fresh_database(postgres_url) as url,
        running_nats(tmp_path_factory.mktemp("nats")) as nats,
        issuing() as issuer,
        running_gateway(url, nats.url, issuer, loops=False, **limits) as first,
        running_gateway(url, nats.url, issuer, loops=False, **limits) as second,
    ):
        yield first, second


async def test_limit_holds_over_all_replicas_and_says_when_to_come_back(
    strict_gateways: tuple[Gateway, Gateway],
) -> None:
    first, second = strict_gateways
    async with first.user() as user, second.user(user.id) as elsewhere, first.user() as other:
        clients = [user.client, elsewhere.client] * 5
        answers = await asyncio.gather(*(client.post("/api/email/generate", json=ONE) for client in clients))
        limited = [answer for answer in answers if answer.status_code == 429]

        assert [answer.status_code for answer in answers].count(202) == 5
        assert len(limited) == 5
        for answer in limited:
            assert 1 <= int(answer.headers["retry-after"]) <= 12
            assert answer.headers["ratelimit-policy"] == '"generate";q=5;w=60'
            assert answer.headers["ratelimit"].startswith('"generate";r=0;t=')
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await other.client.post("/api/email/generate", json=ONE)).status_code == 202
        assert (await user.client.post("/api/queue/batch", json=MANY)).status_code == 201
        assert len(await user.items()) == 7


async def test_what_may_wait_holds_over_all_replicas(strict_gateways: tuple[Gateway, Gateway]) -> None:
    first, second = strict_gateways
    batch = {**MANY, "items": [PERSON] * 100}
    for _ in range(5):
        async with first.user() as user, second.user(user.id) as elsewhere:
            answers = await asyncio.gather(
                *(who.client.post("/api/queue/batch", json=batch) for who in (user, elsewhere))
            )

            assert sorted(answer.status_code for answer in answers) == [201, 429]
            assert len(await user.items()) == 100


async def test_headers_tell_what_is_left(strict_gateways: tuple[Gateway, Gateway]) -> None:
    async with strict_gateways[0].user() as user:
        first = await user.client.post("/api/email/generate", json=ONE)
        second = await user.client.post("/api/email/generate", json=ONE)

    assert first.headers["ratelimit"].startswith('"generate";r=4;')
    assert second.headers["ratelimit"].startswith('"generate";r=3;')


async def test_allowance_comes_back_with_time(strict_gateways: tuple[Gateway, Gateway]) -> None:
    gateway = strict_gateways[0]
    async with gateway.user() as user:
        for _ in range(5):
            await user.client.post("/api/email/generate", json=ONE)
        assert (await user.client.post("/api/email/generate", json=ONE)).status_code == 429
        async with gateway.context.database.pool.acquire() as connection:
            await connection.execute("UPDATE rate_limits SET used_up_until = used_up_until - interval '13 seconds'")

        assert (await user.client.post("/api/email/generate", json=ONE)).status_code == 202
        assert (await user.client.post("/api/email/generate", json=ONE)).status_code == 429
