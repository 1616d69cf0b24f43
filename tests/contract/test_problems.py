"""Errors are problem documents that say what to do and nothing of the inside."""

import httpx
import pytest

from tests.contract.conftest import ORIGIN
from tests.support.gateway import TEMPLATE, User
from tests.support.servers import execute

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE = {"email_template": TEMPLATE, "recipient_name": "Ada Example", "recipient_interest": "fluids"}


def assert_problem(response: httpx.Response, status: int) -> None:
    """The answer is an RFC 9457 document with this status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    if status == 422:
        assert all({"type", "loc", "msg"} <= set(entry) for entry in body["detail"])
        assert body["detail"]
    else:
        assert isinstance(body["detail"], str)
        assert body["detail"]


@pytest.mark.parametrize(
    "change",
    [
        {"email_template": "short"},
        {"email_template": " " * 20},
        {"email_template": "x" * 10_001},
        {"email_template": "Dear {{name}}, \x00 nothing"},
        {"recipient_name": "A"},
        {"recipient_name": "   "},
        {"recipient_name": "x" * 256},
        {"recipient_interest": "x"},
        {"recipient_interest": "x" * 501},
        {"recipient_interest": None},
        {"recipient_name": ["Ada"]},
    ],
    ids=str,
)
async def test_invalid_submission_is_refused_with_fastapis_list(user: User, change: dict[str, object]) -> None:
    response = await user.client.post("/api/email/generate", json={**ONE, **change})

    assert_problem(response, 422)
    assert response.json()["detail"][0]["loc"][:2] == ["body", next(iter(change))]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"a": NaN}', b"[" * 10_000])
async def test_body_that_is_no_object_is_refused(user: User, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = await user.client.post("/api/email/generate", content=body, headers=headers)

    assert response.status_code in (400, 422)
    assert_problem(response, response.status_code)


async def test_lone_surrogate_is_refused_and_not_an_error_of_ours(user: User) -> None:
    body = b'{"email_template":"Dear \\ud800 name and topic","recipient_name":"Ada","recipient_interest":"fluids"}'
    headers = {"Content-Type": "application/json"}

    assert_problem(await user.client.post("/api/email/generate", content=body, headers=headers), 422)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize("id_", ["1", "not-a-uuid", "00000000-0000-0000-0000-00000000000g", "%00", "a" * 500])
async def test_malformed_uuid_in_a_path_is_a_bad_request(user: User, method: str, id_: str) -> None:
    assert_problem(await user.client.request(method, f"/api/email/{id_}", json={"displayed": True}), 400)


@pytest.mark.parametrize("path", ["/api/email/status/x", "/api/queue/x/cancel", "/api/queue/x/retry", "/api/queue/x"])
async def test_malformed_uuid_is_a_bad_request_everywhere(user: User, path: str) -> None:
    method = "POST" if path.endswith(("cancel", "retry")) else "DELETE" if path == "/api/queue/x" else "GET"

    assert_problem(await user.client.request(method, path), 400)


async def test_unknown_path_and_method_are_problems_too(user: User) -> None:
    assert_problem(await user.client.get("/api/nothing"), 404)
    refused = await user.client.delete("/api/email/generate")
    assert_problem(refused, 405)
    assert "POST" in refused.headers["allow"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/queue/", "GET"),
        ("DELETE", "/api/queue", "GET"),
        ("PATCH", "/api/templates", "GET, POST"),
        ("PUT", "/api/email/7c9e6679-7425-40de-944b-e07fc1f90ae7", "GET, PATCH"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
async def test_wrong_method_is_told_the_right_ones(user: User, method: str, path: str, allowed: str) -> None:
    response = await user.client.request(method, path)

    assert_problem(response, 405)
    assert sorted(response.headers["allow"].split(", ")) == allowed.split(", ")


async def test_announced_body_over_the_limit_is_refused_unread(user: User) -> None:
    response = await user.client.post("/api/email/generate", content=b"x" * (2 * 1024 * 1024 + 1))

    assert_problem(response, 413)


async def test_endless_body_is_refused_when_it_passes_the_limit(user: User) -> None:
    async def chunks() -> object:
        for _ in range(40):
            yield b"x" * 65536

    response = await user.client.post("/api/email/generate", content=chunks())  # type: ignore[arg-type]

    assert_problem(response, 413)


async def test_error_of_ours_says_nothing_and_can_be_read_by_the_browser(owner_url: str, user: User) -> None:
    await execute(owner_url, "ALTER TABLE emails RENAME TO moved")
    try:
        response = await user.client.get("/api/email/", headers={"Origin": ORIGIN})
    finally:
        await execute(owner_url, "ALTER TABLE moved RENAME TO emails")

    assert_problem(response, 500)
    assert "emails" not in response.text
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["x-request-id"]
