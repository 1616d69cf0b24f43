"""Every secret is changed, by the commands of docs/howto/rotate-secrets.md, while e-mails are being written."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import jwt
import pytest

from scribe.local.outside import PLACEHOLDER_KEY
from scribe.local.tokens import mint_token
from tests.support.command import Up, scribe_up
from tests.support.typed import blocks, type_in
from tests.support.waiting import eventually

COMMANDS = [block.text for block in blocks("local") if block.page == "rotate-secrets"]
OLD_SECRET, NEW_SECRET = "the-old-secret-of-at-least-32-characters", "the-new-secret-of-at-least-32-characters"
TEMPLATE = "Dear {{name}},\n\nI read about your work on {{topic}}.\n\nKind regards,\nRobin Example"

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it ends processes by /proc"),
    pytest.mark.timeout(240),
]


@dataclass
class Load:
    """A user who submits an e-mail every quarter of a second."""

    client: httpx.AsyncClient
    statuses: list[int] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    is_over: bool = False

    async def run(self) -> None:
        """Until it is ended; a request that is on its way is answered."""
        while not self.is_over:
            number = len(self.statuses)
            body = {
                "email_template": TEMPLATE,
                "recipient_name": "Ada Example",
                "recipient_interest": f"fluids {number}",
            }
            response = await self.client.post("/api/email/generate", json=body)
            self.statuses.append(response.status_code)
            if response.status_code == 202:
                self.tasks.append(response.json()["task_id"])
            await asyncio.sleep(0.25)  # the pace of the load; nothing is waited for

    def has_submitted(self, count: int) -> bool:
        """Whether more than so many have been accepted."""
        return len(self.tasks) > count

    async def ended(self) -> Counter[str]:
        """How many of the tasks have which status, once none is under way."""
        counts: Counter[str] = Counter()

        async def nothing_is_under_way() -> bool:
            items = await self.client.get("/api/queue/", params={"limit": len(self.tasks)})
            counts.clear()
            counts.update(item["status"] for item in items.json())
            return set(counts) <= {"completed", "failed"}

        await eventually(nothing_is_under_way, timeout=60)
        return counts


@asynccontextmanager
async def signed_in(up: Up) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the platform, as a user."""
    token = mint_token(up.folder, up.state, "rotation@example.org")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=up.state.url, headers=headers, timeout=60, trust_env=False) as client:
        assert (await client.post("/api/user/init")).status_code == 201
        yield client


@asynccontextmanager
async def submitting(load: Load) -> AsyncIterator[None]:
    """E-mails are submitted while the block runs."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(load.run())
        try:
            yield
        finally:
            load.is_over = True


async def test_every_secret_is_changed_under_load_and_no_email_fails(tmp_path: Path) -> None:
    assert len(COMMANDS) == 5
    given = {"SCRIBE_JWT_SECRET": OLD_SECRET, "SCRIBE_GENERATE_PER_MINUTE": "10000"}
    async with scribe_up(tmp_path / ".scribe", variables=given) as up, signed_in(up) as client:
        load = Load(client)
        async with submitting(load):
            for command in COMMANDS:
                await type_under_load(command, tmp_path, load)
                if "ANTHROPIC_API_KEY" in command:
                    await refuse_old_key(up)
        assert await load.ended() == {"completed": len(load.tasks)}
        assert set(load.statuses) == {202}
        for secret, status in ((OLD_SECRET, 200), (NEW_SECRET, 200), (NEW_SECRET[::-1], 401)):
            assert await status_with(up, secret) == status


async def type_under_load(command: str, folder: Path, load: Load) -> None:
    """Run a block of the page, and go on when more has been submitted since."""
    before = len(load.tasks)
    await asyncio.to_thread(type_in, command, folder, NEW_KEY="new", OLD_SECRET=OLD_SECRET, NEW_SECRET=NEW_SECRET)
    await eventually(partial(load.has_submitted, before + 4), timeout=30)


async def refuse_old_key(up: Up) -> None:
    """From now on the models' provider refuses the key that the services started with."""
    async with httpx.AsyncClient(base_url=up.state.upstreams_url or "", trust_env=False) as client:
        fault = {"path": "/anthropic", "key": PLACEHOLDER_KEY, "status": 401}
        (await client.post("/_control", json=fault)).raise_for_status()


async def status_with(up: Up, secret: str) -> int:
    """How the gateway answers a token that is signed by this shared secret."""
    token = mint_token(up.folder, up.state, "rotation@example.org")
    claims = jwt.decode(token, options={"verify_signature": False})
    headers = {"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"}
    async with httpx.AsyncClient(base_url=up.state.url, headers=headers, trust_env=False) as client:
        return (await client.get("/api/user")).status_code
