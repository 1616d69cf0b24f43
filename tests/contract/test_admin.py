"""`/api/admin`: what administrators see, and what they may send back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import pytest_asyncio

from scribe.common.tasks.steps import Step
from tests.support.gateway import Gateway, User, running_gateway
from tests.support.issuer import issuing
from tests.support.pipeline import workers_of
from tests.support.servers import fresh_database, running_nats
from tests.support.tasks import make_task

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILL = """
INSERT INTO emails (task_id, user_id, recipient_name, recipient_interest, email_message, template_type, metadata,
                    is_confident, created_at)
SELECT gen_random_uuid(), $1, 'Ada', 'fluids', 'Dear Ada', 'research', '{"generation_time": 4.555}', n <> 1,
       now() - n * interval '5 days'
FROM generate_series(0, 2) AS n
"""


@pytest_asyncio.fixture(loop_scope="session")
async def alone(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """A gateway of the test's own: administrators count everything."""
    async with (
        fresh_database(postgres_url) as url,
        running_nats(tmp_path_factory.mktemp("nats")) as nats,
        issuing() as issuer,
        running_gateway(url, nats.url, issuer, loops=False) as gateway,
    ):
        yield gateway


async def filled(gateway: Gateway, user: User) -> tuple[str, str]:
    """Three e-mails, one failed and one completed item, a template; gives the ids of the items."""
    failed, completed = await user.batch(2)
    async with gateway.context.database.pool.acquire() as connection:
        await connection.execute(FILL, user.id)
        await connection.execute("UPDATE users SET generation_count = 3 WHERE id = $1", user.id)
        await connection.execute(
            "UPDATE queue_items SET status = 'failed', error_message = 'No.', current_step = 'web_scraper',"
            " state_rank = 1 WHERE id = $1",
            failed,
        )
        await connection.execute("UPDATE queue_items SET status = 'completed' WHERE id = $1", completed)
        await connection.execute(
            "INSERT INTO templates (user_id, pdf_url, template_text, user_instructions)"
            " VALUES ($1, 'https://example.org/x.pdf', 'Dear {{name}}', 'be friendly')",
            user.id,
        )
    return failed, completed


async def test_overview_counts_everything(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user:
        await filled(alone, user)
        body = (await admin.client.get("/api/admin/overview")).json()

    assert body == {
        "total_users": 2,
        "total_emails": 3,
        "success_rate": 50.0,
        "avg_gen_time_seconds": 4.56,
        "total_templates": 1,
        "confidence_rate": 66.67,
        "error_count": 1,
        "emails_this_week": 2,
        "active_users_this_week": 1,
    }


async def test_overview_of_nothing_is_zeros(alone: Gateway) -> None:
    async with alone.admin() as admin:
        body = (await admin.client.get("/api/admin/overview")).json()

    assert body["total_users"] == 1
    assert sum(value for key, value in body.items() if key != "total_users") == 0


async def test_users_are_ordered_by_what_they_have_written(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user:
        await filled(alone, user)
        users = (await admin.client.get("/api/admin/users")).json()

    assert [entry["id"] for entry in users] == [str(user.id), str(admin.id)]
    assert set(users[0]) == {
        *("id", "email", "display_name", "generation_count", "template_count", "onboarded", "created_at"),
        *("actual_email_count", "queue_submissions", "failed_count", "email_template"),
    }
    counts = ("generation_count", "actual_email_count", "queue_submissions", "failed_count")
    assert [users[0][key] for key in counts] == [3, 3, 2, 1]
    assert [users[1][key] for key in counts] == [0, 0, 0, 0]


async def test_emails_of_a_user_come_in_pages(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user:
        await filled(alone, user)
        path = f"/api/admin/users/{user.id}/emails"
        first = (await admin.client.get(path, params={"per_page": 2})).json()
        second = (await admin.client.get(path, params={"per_page": 2, "page": 2})).json()
        nothing = (await admin.client.get(f"/api/admin/users/{uuid4()}/emails")).json()
        refused = [
            (await admin.client.get(path, params=params)).status_code
            for params in ({"page": 0}, {"per_page": 0}, {"per_page": 101})
        ]
        malformed = await admin.client.get("/api/admin/users/x/emails")

    assert (first["total"], first["page"], first["per_page"], first["pages"]) == (3, 1, 2, 2)
    assert (len(first["items"]), len(second["items"])) == (2, 1)
    assert set(first["items"][0]) == {
        *("id", "recipient_name", "recipient_interest", "email_message", "template_type", "is_confident"),
        *("metadata", "created_at"),
    }
    assert nothing == {"items": [], "total": 0, "page": 1, "per_page": 20, "pages": 1}
    assert refused == [422, 422, 422]
    assert malformed.status_code == 400


async def test_templates_and_items_of_a_user_are_listed(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user:
        failed, completed = await filled(alone, user)
        templates = (await admin.client.get(f"/api/admin/users/{user.id}/templates")).json()
        queue = (await admin.client.get(f"/api/admin/users/{user.id}/queue")).json()

    assert [set(entry) for entry in templates] == [
        {"id", "template_text", "user_instructions", "pdf_url", "created_at"}
    ]
    assert [entry["id"] for entry in queue] == [completed, failed]
    assert set(queue[0]) == {
        *("id", "recipient_name", "recipient_interest", "status", "current_step", "error_message"),
        *("started_at", "completed_at", "created_at"),
    }


async def test_activity_tells_of_twelve_weeks(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user:
        await filled(alone, user)
        weeks = (await admin.client.get("/api/admin/activity")).json()

    assert len(weeks) == 12
    assert [week["week"] for week in weeks] == sorted((week["week"] for week in weeks), reverse=True)
    assert datetime.fromisoformat(weeks[0]["week"]).weekday() == 0
    assert set(weeks[0]) == {"week", "emails_generated", "active_users"}
    assert sum(week["emails_generated"] for week in weeks) == 3


async def test_errors_name_whose_they_are(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user:
        failed, _ = await filled(alone, user)
        (error,) = (await admin.client.get("/api/admin/errors")).json()

    assert error["id"] == failed
    assert set(error) == {
        *("id", "user_email", "user_display_name", "recipient_name", "current_step", "error_message"),
        *("created_at", "started_at"),
    }


async def test_dead_letters_are_listed_newest_first_and_replayed(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user, alone.operated() as broker:
        failed, _ = await filled(alone, user)
        workers = workers_of(broker, "")
        data = make_task(task_id=failed, user_id=user.id, submitted_at=datetime.now(UTC))
        await workers.dead_letter(make_task(), Step.COMPOSER)
        await workers.dead_letter(data, Step.SCRAPER)
        letters = (await admin.client.get("/api/admin/deadletters")).json()
        replayed = await admin.client.post(f"/api/admin/deadletters/{letters[0]['id']}/replay")
        item = next(item for item in await user.items() if item["id"] == failed)
        again = await admin.client.post(f"/api/admin/deadletters/{letters[0]['id']}/replay")
        unknown_task = await admin.client.post(f"/api/admin/deadletters/{letters[1]['id']}/replay")
        unknown = await admin.client.post("/api/admin/deadletters/999/replay")
        older = (await admin.client.get("/api/admin/deadletters", params={"before": letters[0]["id"]})).json()

    assert [letter["step"] for letter in letters] == ["web_scraper", "email_composer"]
    assert [letter["service"] for letter in letters] == ["scraper", "composer"]
    assert letters[0]["task_id"] == failed
    assert (letters[0]["reason"], letters[0]["error_class"], letters[0]["attempts"]) == ("gave up", "TransientError", 5)
    assert replayed.status_code == 202
    assert item["status"] == "pending"
    assert again.status_code == 400
    assert unknown_task.status_code == unknown.status_code == 404
    assert older == letters[1:]


async def test_a_dead_letter_that_is_given_up_is_gone_and_counted(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.user() as user, alone.operated() as broker:
        await workers_of(broker, "").dead_letter(make_task(), Step.COMPOSER)
        (letter,) = (await admin.client.get("/api/admin/deadletters")).json()
        path = f"/api/admin/deadletters/{letter['id']}"
        refused = await user.client.delete(path)
        given_up, again = await admin.client.delete(path), await admin.client.delete(path)
        left = (await admin.client.get("/api/admin/deadletters")).json()

    assert [refused.status_code, given_up.status_code, again.status_code] == [403, 200, 404]
    assert left == []
    assert 'scribe_dead_letters_closed_total{how="given_up"} 1.0' in await alone.metrics()


async def test_pipeline_tells_of_each_step(alone: Gateway) -> None:
    async with alone.admin() as admin, alone.operated() as broker:
        workers = workers_of(broker, "")
        before = (await admin.client.get("/api/admin/pipeline")).json()
        await workers.finish(make_task(), Step.PARSER)
        after = (await admin.client.get("/api/admin/pipeline")).json()

    assert [step["step"] for step in before] == ["template_parser", "web_scraper", "arxiv_helper", "email_composer"]
    assert [step["service"] for step in before] == ["parser", "scraper", "arxiv", "composer"]
    assert [(step["depth"], step["paused"]) for step in before] == [(0, 0)] * 4
    assert [step["depth"] for step in after] == [0, 1, 0, 0]
    assert after[1]["in_flight"] == 0
