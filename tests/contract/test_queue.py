"""Submitting, the list of items, and what the frontend polls."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.support.gateway import TEMPLATE, Gateway, User
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

ITEM_KEYS = {
    *("id", "recipient_name", "status", "position", "email_id", "error_message", "current_step", "created_at"),
    *(
        "recipient_interest",
        "attempt",
        "started_at",
        "completed_at",
        "step_timings",
        "skipped_steps",
        "cancelled_at",
        "notice",
    ),
}


async def test_generate_accepts_a_task_and_says_where_to_look(user: User) -> None:
    body = {"email_template": TEMPLATE, "recipient_name": "Ada Example", "recipient_interest": "fluids"}
    response = await user.client.post("/api/email/generate", json=body)

    assert response.status_code == 202
    assert set(response.json()) == {"task_id"}
    assert response.headers["location"] == f"/api/email/status/{response.json()['task_id']}"
    assert response.headers["retry-after"] == "2"
    status = await user.client.get(response.headers["location"])
    assert status.json() == {"task_id": response.json()["task_id"], "status": "PENDING", "result": None, "error": None}


async def test_batch_gives_the_ids_in_the_order_of_its_items(user: User) -> None:
    items = [{"recipient_name": f"Person {n}", "recipient_interest": "fluids"} for n in range(100)]
    response = await user.client.post("/api/queue/batch", json={"items": items, "email_template": TEMPLATE})

    assert response.status_code == 201
    assert set(response.json()) == {"queue_item_ids", "message"}
    listed = await user.items()
    assert [item["id"] for item in listed] == response.json()["queue_item_ids"]
    assert [item["recipient_name"] for item in listed] == [item["recipient_name"] for item in items]
    positions = [int(str(item["position"])) for item in listed]
    assert positions[0] >= 1
    assert positions == sorted(set(positions))


@pytest.mark.parametrize("count", [0, 101])
async def test_batch_has_one_to_a_hundred_items(user: User, count: int) -> None:
    items = [{"recipient_name": "Ada", "recipient_interest": "fluids"}] * count
    response = await user.client.post("/api/queue/batch", json={"items": items, "email_template": TEMPLATE})

    assert response.status_code == 422
    assert await user.items() == []


async def test_one_bad_item_refuses_the_whole_batch(user: User) -> None:
    items = [{"recipient_name": "Ada", "recipient_interest": "fluids"}, {"recipient_name": "B"}]
    response = await user.client.post("/api/queue/batch", json={"items": items, "email_template": TEMPLATE})

    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"][:3] == ["body", "items", 1]
    assert await user.items() == []


async def test_item_has_the_keys_of_the_contract(user: User) -> None:
    await user.generate()

    (item,) = await user.items()

    assert set(item) == ITEM_KEYS
    assert item["status"] == "pending"
    assert str(item["created_at"]).endswith("Z")
    assert datetime.fromisoformat(str(item["created_at"])).tzinfo == UTC
    assert item["current_step"] is item["email_id"] is item["error_message"] is None


async def test_list_holds_active_items_of_any_age_and_others_of_the_last_day(user: User, gateway: Gateway) -> None:
    old_pending, old_failed, new_failed = await user.batch(3)
    pool = gateway.context.database.pool
    async with pool.acquire() as connection:
        await connection.execute(
            "UPDATE queue_items SET created_at = now() - interval '25 hours' WHERE id = ANY ($1::uuid[])",
            [old_pending, old_failed],
        )
        await connection.execute(
            "UPDATE queue_items SET status = 'failed' WHERE id = ANY ($1::uuid[])", [old_failed, new_failed]
        )

    assert [item["id"] for item in await user.items()] == [old_pending, new_failed]


async def test_items_of_the_same_moment_keep_the_order_of_submission(user: User, gateway: Gateway) -> None:
    ids = await user.batch(20)
    async with gateway.context.database.pool.acquire() as connection:
        await connection.execute("UPDATE queue_items SET created_at = now() WHERE user_id = $1", user.id)

    assert [item["id"] for item in await user.items()] == ids


@pytest.mark.parametrize("path", ["/api/queue", "/api/email", "/api/templates"])
async def test_collections_answer_without_the_slash_too(user: User, path: str) -> None:
    with_slash, without = await user.client.get(path + "/"), await user.client.get(path)

    assert without.status_code == 200
    assert without.json() == with_slash.json()


async def test_poll_of_an_unchanged_list_is_304(user: User, gateway: Gateway) -> None:
    (first, _) = await user.batch(2)

    async def are_counted() -> bool:
        places, _ = await gateway.context.positions.of(user.id)
        return len(places) == 2

    await eventually(are_counted)  # which is put off where the last time took long
    answer = await user.client.get("/api/queue/")
    etag = answer.headers["etag"]

    unchanged = await user.client.get("/api/queue/", headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    assert unchanged.content == b""
    assert unchanged.headers["etag"] == etag

    await user.client.delete(f"/api/queue/{first}")
    changed = await user.client.get("/api/queue/", headers={"If-None-Match": f'"other", {etag}'})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_poll_of_an_empty_list_is_304_until_something_is_in_it(user: User) -> None:
    etag = (await user.client.get("/api/queue/")).headers["etag"]

    strong = etag.removeprefix("W/")
    assert (await user.client.get("/api/queue/", headers={"If-None-Match": strong})).status_code == 304
    await user.generate()
    assert (await user.client.get("/api/queue/", headers={"If-None-Match": etag})).status_code == 200


async def test_any_change_of_a_row_is_told_to_the_next_poll(user: User, gateway: Gateway) -> None:
    ids = await user.batch(3)
    etags = {(await user.client.get("/api/queue/")).headers["etag"]}
    async with gateway.context.database.pool.acquire() as connection:
        for item in ids:
            await connection.execute("UPDATE queue_items SET step_timings = '{\"web_scraper\": 1}' WHERE id = $1", item)
            changed = await user.client.get("/api/queue/", headers={"If-None-Match": ", ".join(etags)})
            assert changed.status_code == 200
            etags.add(changed.headers["etag"])
    assert len(etags) == 4


async def test_poll_tells_when_only_the_place_of_an_item_has_changed(user: User, gateway: Gateway) -> None:
    await user.batch(2)
    before = await user.client.get("/api/queue/")
    place = before.json()[1]["position"] or 0
    for _ in range(place // 10 + 2):  # a place counts when it has moved by a tenth
        async with gateway.user() as other:
            await other.generate()

    async def moved() -> bool:
        answer = await user.client.get("/api/queue/", headers={"If-None-Match": before.headers["etag"]})
        return answer.status_code == 200 and bool(answer.json()[1]["position"] != before.json()[1]["position"])

    await eventually(moved)


async def test_poll_of_an_unchanged_status_is_304(user: User) -> None:
    path = f"/api/email/status/{await user.generate()}"
    etag = (await user.client.get(path)).headers["etag"]

    assert (await user.client.get(path, headers={"If-None-Match": etag})).status_code == 304
    assert (await user.client.get(path, headers={"If-None-Match": 'W/"x"'})).status_code == 200


async def test_unknown_task_is_not_found(user: User) -> None:
    assert (await user.client.get(f"/api/email/status/{uuid4()}")).status_code == 404


async def test_deleted_account_cannot_submit(gateway: Gateway) -> None:
    async with gateway.user() as user:
        await user.generate()
        async with gateway.context.database.pool.acquire() as connection:
            await connection.execute("DELETE FROM users WHERE id = $1", user.id)
        body = {"email_template": TEMPLATE, "recipient_name": "Ada Example", "recipient_interest": "fluids"}

        response = await user.client.post("/api/email/generate", json=body)

    assert response.status_code == 403


async def test_full_queue_of_one_user_is_429(gateway: Gateway) -> None:
    async with gateway.user() as user:
        await user.batch(100)
        async with gateway.context.database.pool.acquire() as connection:
            await connection.execute(
                "INSERT INTO queue_items (user_id, recipient_name, recipient_interest, email_template)"
                " SELECT $1, 'Ada', 'fluids', 'Dear {{name}}' FROM generate_series(1, 9900)",
                user.id,
            )
        body = {"email_template": TEMPLATE, "recipient_name": "Ada Example", "recipient_interest": "fluids"}
        response = await user.client.post("/api/email/generate", json=body)
        async with gateway.context.database.pool.acquire() as connection:
            await connection.execute("DELETE FROM queue_items WHERE user_id = $1", user.id)

    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0


async def test_what_may_not_be_as_the_user_thinks_is_said_in_the_answer(user: User) -> None:
    items = [{"recipient_name": name, "recipient_interest": "fluids"} for name in ("Ada Example", "Example, A.")]
    body = {"items": items, "email_template": "Dear <Name>, I have read about your work."}
    response = await user.client.post("/api/queue/batch", json=body)

    assert response.status_code == 201
    placeholder, repeated = response.json()["warnings"]
    assert "<Name>" in placeholder
    assert repeated == "Items 1 and 2 may be the same person: Ada Example and Example, A."
    assert len(await user.items()) == 2


async def test_a_long_list_is_compressed_for_who_accepts_that(user: User) -> None:
    await user.batch(20)
    packed = await user.client.get("/api/queue/", headers={"Accept-Encoding": "gzip"})
    plain = await user.client.get("/api/queue/", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 4
    assert "content-encoding" not in plain.headers
    assert [item["id"] for item in packed.json()] == [item["id"] for item in plain.json()]


async def test_poll_of_a_list_far_behind_is_304_while_its_places_have_moved_a_little(
    user: User, gateway: Gateway
) -> None:
    await user.batch(2)
    positions = gateway.context.positions
    positions._due = positions._not_before = float("inf")
    etags = []
    for places in ([500, 540], [498, 538], [300, 340]):
        positions._by_user, positions._counted = {user.id: places}, 1000
        etags.append((await user.client.get("/api/queue/")).headers["etag"])
    assert etags[0] == etags[1] != etags[2]
