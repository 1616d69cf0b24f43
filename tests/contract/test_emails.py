"""Written e-mails: reading, paging, editing, exporting."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from scribe.gateway.emails.formulas import inert
from tests.support.gateway import Gateway, User

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEYS = {
    *("id", "user_id", "recipient_name", "recipient_interest", "email_message", "template_type", "metadata"),
    *("is_confident", "displayed", "created_at"),
}


async def write(gateway: Gateway, user: User, count: int, **changes: object) -> list[str]:
    """E-mails of a user, the newest first; those of a pair have the same time."""
    start = datetime.now(UTC)
    row = {"message": "Dear Ada, …", "displayed": True, "name": "Ada Example", "metadata": {"sources": []}, **changes}
    async with gateway.context.database.pool.acquire() as connection:
        for number in range(count):
            await connection.execute(
                "INSERT INTO emails (task_id, user_id, recipient_name, recipient_interest, email_message,"
                " template_type, displayed, metadata, created_at)"
                " VALUES (gen_random_uuid(), $1, $2, 'fluids', $3, 'research', $4, $5, $6)",
                *(user.id, row["name"], row["message"], row["displayed"], row["metadata"]),
                start - timedelta(seconds=number // 2),
            )
        rows = await connection.fetch(
            "SELECT id FROM emails WHERE user_id = $1 ORDER BY created_at DESC, id DESC", user.id
        )
    return [str(row["id"]) for row in rows]


async def test_email_has_the_keys_of_the_contract(gateway: Gateway, user: User) -> None:
    (id_,) = await write(gateway, user, 1)

    body = (await user.client.get(f"/api/email/{id_}")).json()

    assert set(body) == KEYS
    assert body["user_id"] == str(user.id)
    assert body["metadata"] == {"sources": []}
    assert body["template_type"] == "research"
    assert body["created_at"].endswith("Z")


async def test_newest_come_first_twenty_at_a_time(gateway: Gateway, user: User) -> None:
    ids = await write(gateway, user, 45)

    first = await user.client.get("/api/email/")
    last = await user.client.get("/api/email/", params={"offset": 40})

    assert [email["id"] for email in first.json()] == ids[:20]
    assert [email["id"] for email in last.json()] == ids[40:]
    assert first.headers["x-total-count"] == last.headers["x-total-count"] == "45"
    assert 'rel="next"' in first.headers["link"]
    assert "link" not in last.headers


async def test_following_the_links_gives_every_email_once_though_new_ones_come(gateway: Gateway, user: User) -> None:
    ids = await write(gateway, user, 25)
    found: list[str] = []
    url: str | None = "/api/email/?limit=7"
    while url:
        response = await user.client.get(url)
        found += [email["id"] for email in response.json()]
        link = response.headers.get("link")
        url = link[1 : link.index(">")] if link else None
        await write(gateway, user, 1)
        async with gateway.context.database.pool.acquire() as connection:
            await connection.execute(
                "UPDATE emails SET created_at = now() + interval '1 minute' WHERE user_id = $1 AND id <> ALL ($2)",
                user.id,
                [UUID(id_) for id_ in ids],
            )

    assert found == ids


async def test_full_last_page_has_no_link(gateway: Gateway, user: User) -> None:
    await write(gateway, user, 40)

    last = await user.client.get("/api/email/", params={"offset": 20})

    assert len(last.json()) == 20
    assert "link" not in last.headers


@pytest.mark.parametrize(("limit", "status"), [("0", 422), ("-1", 422), ("x", 422), ("1", 200), ("100", 200)])
async def test_limit_is_one_to_a_hundred(user: User, limit: str, status: int) -> None:
    assert (await user.client.get("/api/email/", params={"limit": limit})).status_code == status


async def test_larger_limit_means_a_thousand(gateway: Gateway, user: User) -> None:
    await write(gateway, user, 1001)

    response = await user.client.get("/api/email/", params={"limit": 5000})

    assert response.status_code == 200
    assert len(response.json()) == 1000


@pytest.mark.parametrize(
    "params",
    [{"offset": -1}, {"offset": "x"}, {"offset": 2**70}, {"cursor": "x" * 300}, {"displayed": "maybe"}],
    ids=str,
)
async def test_unusable_paging_is_422(user: User, params: dict[str, str]) -> None:
    assert (await user.client.get("/api/email/", params=params)).status_code == 422


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "WzEsMl0", "bnVsbA", "!!!", "W10"])
async def test_foreign_cursor_is_a_bad_request(user: User, cursor: str) -> None:
    assert (await user.client.get("/api/email/", params={"cursor": cursor})).status_code == 400


async def test_discarded_email_leaves_the_list_and_stays_readable(gateway: Gateway, user: User) -> None:
    kept, discarded = await write(gateway, user, 2)
    response = await user.client.patch(f"/api/email/{discarded}", json={"displayed": False})

    async def listed(**params: object) -> set[str]:
        response = await user.client.get("/api/email/", params={key: str(value) for key, value in params.items()})
        assert response.headers["x-total-count"] == str(len(response.json()))
        return {email["id"] for email in response.json()}

    assert response.status_code == 200
    assert response.json()["displayed"] is False
    assert await listed() == {kept}
    assert await listed(include_discarded="true") == {kept, discarded}
    assert await listed(displayed="false") == {discarded}
    assert await listed(displayed="true", include_discarded="true") == {kept}
    assert (await user.client.get(f"/api/email/{discarded}")).status_code == 200


async def test_own_edit_is_kept(gateway: Gateway, user: User) -> None:
    (id_,) = await write(gateway, user, 1)

    response = await user.client.patch(f"/api/email/{id_}", json={"email_message": "My own words."})

    assert response.status_code == 200
    assert response.json()["email_message"] == "My own words."
    assert response.json()["displayed"] is True


@pytest.mark.parametrize(
    "body", [{}, {"email_message": ""}, {"email_message": "  "}, {"email_message": "x" * 20_001}, {"displayed": "no!"}]
)
async def test_unusable_change_is_refused(gateway: Gateway, user: User, body: dict[str, object]) -> None:
    (id_,) = await write(gateway, user, 1)

    assert (await user.client.patch(f"/api/email/{id_}", json=body)).status_code == 422


async def test_unknown_email_is_not_found(user: User) -> None:
    assert (await user.client.get(f"/api/email/{uuid4()}")).status_code == 404
    assert (await user.client.patch(f"/api/email/{uuid4()}", json={"displayed": True})).status_code == 404


async def test_csv_holds_every_email_and_no_formula(gateway: Gateway, user: User) -> None:
    await write(gateway, user, 120, name="=cmd|' /C calc'!A0", message='Dear "Ada",\nfirst, second; “third”')

    response = await user.client.get("/api/email/export", params={"format": "csv"})

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/csv")
    assert "emails.csv" in response.headers["content-disposition"]
    assert response.content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 120
    assert rows[0]["email_message"] == 'Dear "Ada",\nfirst, second; “third”'
    assert rows[0]["recipient_name"].startswith("'=")


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"], ids=ascii
)
async def test_text_that_a_spreadsheet_would_take_for_a_formula_is_made_inert(first: str) -> None:
    assert inert(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize("separator", [";", ",", "|", "\t", "\n", "\r\n", "; "], ids=ascii)
async def test_a_formula_after_another_separator_is_made_inert_too(separator: str) -> None:
    assert inert(f"a{separator}=1+1") == f"a{separator}'=1+1"
    assert inert(f"a{separator}b-c = d@e") == f"a{separator}b-c = d@e"


async def test_json_export_is_the_list_of_all_emails(gateway: Gateway, user: User) -> None:
    ids = await write(gateway, user, 130)

    response = await user.client.get("/api/email/export", params={"format": "json"})

    assert [email["id"] for email in json.loads(response.content)] == ids
    assert set(response.json()[0]) == KEYS


async def test_xlsx_export_opens_and_holds_text_only(gateway: Gateway, user: User) -> None:
    await write(gateway, user, 3, name="=1+1", message="https://example.org")

    response = await user.client.get("/api/email/export", params={"format": "xlsx"})

    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in sheet
    assert "<f>" not in sheet
    assert sheet.count("<row ") == 4


@pytest.mark.parametrize("format_", ["csv", "xlsx", "json"])
async def test_export_of_nothing_is_an_empty_file(user: User, format_: str) -> None:
    response = await user.client.get("/api/email/export", params={"format": format_})

    assert response.status_code == 200
    assert response.content


async def test_unknown_format_is_refused(user: User) -> None:
    assert (await user.client.get("/api/email/export", params={"format": "pdf"})).status_code == 422
