"""One e-mail's way as the gateway sees it: submitted, relayed, projected, done; also behind a pooler."""

from functools import partial
from uuid import UUID

import pytest

from scribe.common.tasks.progress import State
from scribe.common.tasks.steps import Step
from tests.support.gateway import User
from tests.support.pipeline import Workers
from tests.support.servers import through
from tests.support.waiting import eventually


@pytest.fixture
def database_url(database_url: str, database_server: str) -> str:
    return through(database_server, database_url)


async def _is(user: User, task_id: str, status: str) -> bool:
    return (await user.status(task_id))["status"] == status


async def test_submitted_task_reaches_the_parser_and_is_shown_as_started(user: User, workers: Workers) -> None:
    task_id = await user.generate(recipient_name="  Ada Example ")

    await eventually(partial(_is, user, task_id, "STARTED"))

    data = await workers.waiting(Step.PARSER, task_id)
    assert data.user_id == user.id
    assert data.recipient_name == "Ada Example"
    (item,) = await user.items()
    assert item["id"] == task_id
    assert item["status"] == "processing"
    assert item["current_step"] == "template_parser"
    assert item["position"] is None


async def test_task_is_followed_through_all_steps_to_its_email(user: User, workers: Workers) -> None:
    task_id = await user.generate()
    await eventually(partial(_is, user, task_id, "STARTED"))
    data = await workers.waiting(Step.PARSER, task_id)
    await workers.tell(data, State.STARTED, Step.PARSER)
    data = await workers.finish(data, Step.PARSER)

    async def step() -> bool:
        result = (await user.status(task_id))["result"]
        return isinstance(result, dict) and result["current_step"] == "web_scraper"

    await eventually(step)
    for following in (Step.SCRAPER, Step.ARXIV, Step.COMPOSER):
        data = await workers.finish(data, following)

    await eventually(partial(_is, user, task_id, "SUCCESS"))
    result = (await user.status(task_id))["result"]
    assert isinstance(result, dict)
    assert result["generation_time"] == 4.5
    assert result["template_type"] == "research"
    assert set(result["step_timings"]) == {"template_parser", "web_scraper", "arxiv_helper", "email_composer"}
    response = await user.client.get(f"/api/email/{result['email_id']}")
    email = response.json()
    assert UUID(email["user_id"]) == user.id
    assert email["created_at"].endswith("Z")
    listed = await user.client.get("/api/email/")
    assert [entry["id"] for entry in listed.json()] == [email["id"]]
    assert listed.headers["X-Total-Count"] == "1"
