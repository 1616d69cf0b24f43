"""The main job through real processes: one e-mail, and what becomes of it when the world misbehaves."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import httpx
import pytest
import pytest_asyncio

from scribe.local.answers import Email, Item
from scribe.local.folder import ephemeral_folder
from scribe.local.gateway import Gateway, open_gateway
from scribe.local.platform import Platform, PlatformOptions, running_platform
from scribe.local.tokens import mint_token
from tests.support.campaign import Campaign

RESEARCH = (
    "Dear {{name}},\n\nI am a student of physics. {{one sentence about a paper of theirs}}\n\n"
    "Would you have fifteen minutes for a conversation?\n\nKind regards,\nRobin Example"
)
BOOK = "Dear {{name}},\n\nI came across your book. {{detail}}\n\nKind regards,\nRobin Example"
GENERAL = "Dear {{name}},\n\nI would like to hear about {{topic}}.\n\nKind regards,\nRobin Example"
IN_FLIGHT_PER_USER = 32

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("acceptance")]


@dataclass(frozen=True)
class World:
    """A platform, a user of it, and what can be done to the world around it."""

    platform: Platform
    gateway: Gateway
    admin: httpx.AsyncClient

    async def write(self, template: str, name: str, interest: str = "superfluid helium") -> Item:
        task_id = await self.gateway.submit(template, name, interest)
        async for item in self.gateway.follow(task_id):
            last = item
        return last

    async def email(self, item: Item) -> Email:
        assert item.email_id is not None, item
        return await self.gateway.email(item.email_id)

    async def row(self, item: Item) -> dict[str, object]:
        items = (await self.admin.get("/api/queue/")).json()
        return next(row for row in items if row["id"] == str(item.id))

    async def written(self) -> tuple[int, int]:
        """The user's e-mails, and how many their row says there are."""
        profile = (await self.admin.get("/api/user/profile")).json()
        emails = (await self.admin.get("/api/email/")).headers["X-Total-Count"]
        return int(emails), int(profile["generation_count"])

    async def play(self, path: str, **fault: object) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"{self.platform.state.upstreams_url}/_control"
            (await client.post(url, json={"path": path, **fault})).raise_for_status()

    async def reset(self) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.delete(f"{self.platform.state.upstreams_url}/_control")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[World]:
    with ephemeral_folder() as folder:
        # A task that waits for arXiv is written without papers after a while; here after a short one.
        # And one user has a third of the crowd in flight at once, so that overtaking it can be told.
        environment = {
            **os.environ,
            "SCRIBE_ARXIV_PATIENCE": "2",
            "SCRIBE_IN_FLIGHT_PER_USER": str(IN_FLIGHT_PER_USER),
        }
        options = PlatformOptions(environment=environment, port=0, durable=False)
        async with running_platform(folder, options, announce=lambda _: None) as platform:
            token = mint_token(folder, platform.state, "robin@example.org", admin=True)
            headers = {"Authorization": f"Bearer {token}"}
            async with (
                open_gateway(platform.url, token) as gateway,
                httpx.AsyncClient(base_url=platform.url, headers=headers, trust_env=False) as admin,
            ):
                await gateway.sign_up("Robin Example")
                yield World(platform, gateway, admin)


@pytest_asyncio.fixture(loop_scope="module")
async def world(running: World) -> AsyncIterator[World]:
    await running.reset()
    yield running
    await running.reset()


async def test_a_research_template_gets_papers_that_exist_and_every_claim_a_source(world: World) -> None:
    email = await world.email(await world.write(RESEARCH, "Adrian Del Maestro"))
    assert "{{" not in email.email_message
    assert email.is_confident
    assert email.metadata.arxiv_papers
    assert email.metadata.claims
    assert email.metadata.sources


@pytest.mark.parametrize("template", [BOOK, GENERAL])
async def test_arxiv_is_skipped_for_other_templates_and_the_row_says_so(world: World, template: str) -> None:
    item = await world.write(template, "Miriam Okafor", "trade across the Sahel")
    row = await world.row(item)
    assert (row["status"], row["skipped_steps"]) == ("completed", ["arxiv_helper"])
    steps = ["arxiv_helper", "email_composer", "template_parser", "web_scraper"]
    assert sorted(item.step_timings) == steps


async def test_nothing_found_is_written_without_confidence(world: World) -> None:
    email = await world.email(await world.write(GENERAL, "Nobody Atall"))
    assert not email.is_confident
    assert email.metadata.warnings


async def test_arxiv_down_is_no_failure(world: World) -> None:
    await world.play("/arxiv", status=503)
    email = await world.email(await world.write(GENERAL + "\nP.S. Your research paper.", "Hana Sato", "dialects"))
    assert email.metadata.arxiv_papers == ()


async def test_a_model_that_answers_rubbish_fails_the_item_with_a_sentence_and_leaves_nothing_half_written(
    world: World,
) -> None:
    await world.play("/anthropic", behaviour="rubbish")
    before = await world.written()
    item = await world.write(GENERAL, "Hana Sato", "dialects")
    row = await world.row(item)
    assert (row["status"], row["email_id"]) == ("failed", None)
    assert await world.written() == before
    assert str(row["error_message"]).endswith(".")
    letters = (await world.admin.get("/api/admin/deadletters")).json()
    assert str(item.id) in {letter["task_id"] for letter in letters}


async def test_a_failed_item_can_be_tried_again(world: World) -> None:
    await world.play("/anthropic", behaviour="rubbish")
    item = await world.write(GENERAL, "Jonas Lindqvist", "eelgrass")
    await world.reset()
    answer = await world.admin.post(f"/api/queue/{item.id}/retry")
    assert answer.status_code == 200, answer.text
    async for last in world.gateway.follow(item.id):
        item = last
    assert item.email_id is not None


async def test_a_user_with_one_item_does_not_wait_behind_one_with_a_hundred(world: World) -> None:
    crowd = Campaign(world.platform, users=1, each=100)
    await crowd.submit()
    item = await world.write(GENERAL, "Ada Alone", "tides")
    assert item.status == "completed"
    connection = await asyncpg.connect(world.platform.postgres.url)
    overtaken_by = await connection.fetchval(
        "SELECT count(*) FROM queue_items mine JOIN queue_items other ON other.user_id <> mine.user_id "
        "AND other.completed_at BETWEEN mine.created_at AND mine.completed_at WHERE mine.id = $1",
        item.id,
    )
    await connection.close()
    await crowd.until(100, timeout=100)
    # What one user may have in flight is ahead of it, and its turn comes next.
    assert overtaken_by <= 2 * IN_FLIGHT_PER_USER
