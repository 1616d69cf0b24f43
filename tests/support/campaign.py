"""Many users with many e-mails on a running platform, and what the database says of them."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import asyncpg
import httpx

from scribe.local.platform import Platform
from scribe.local.tokens import mint_token

BOOK_TEMPLATE = (
    "Dear Professor {{last_name}},\n\nYour book on {{topic}} made me write to you. {{detail}}\n\n"
    "Best wishes,\n{{my_name}}"
)
TERMINAL = {"completed", "failed"}


@dataclass
class Campaign:
    """`users` people who each want `each` e-mails."""

    platform: Platform
    users: int
    each: int
    template: str = BOOK_TEMPLATE
    tokens: list[str] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    """The ids that the gateway has answered with."""

    async def submit(self) -> None:
        """One batch for each user."""
        async with self._client() as client:
            for number in range(self.users):
                email = f"user{number}@example.org"
                self.tokens.append(mint_token(self.platform.folder, self.platform.state, email))
                await self._post(client, number, "/api/user/init", {"display_name": f"Sam Number{number}"})
                items = [
                    {"recipient_name": f"Ada Person{number:02}{n:03}", "recipient_interest": f"subject {number}-{n}"}
                    for n in range(self.each)
                ]
                batch = {"items": items, "email_template": self.template}
                answer = await self._post(client, number, "/api/queue/batch", batch)
                self.accepted.update(answer.json()["queue_item_ids"])

    async def states(self) -> Counter[str]:
        """How many items are in which state."""
        async with self._client() as client:
            answers = await asyncio.gather(*(client.get("/api/queue/", headers=_bearer(t)) for t in self.tokens))
        return Counter(item["status"] for answer in answers for item in answer.raise_for_status().json())

    async def until(self, wanted: int, timeout: float) -> Counter[str]:
        """Wait until so many items have ended; gives the states."""
        end = time.monotonic() + timeout
        while True:
            try:
                states = await self.states()
            except httpx.HTTPError:
                states = Counter()
            if sum(states[status] for status in TERMINAL) >= wanted:
                return states
            if time.monotonic() > end:
                raise AssertionError(f"{wanted} items have not ended within {timeout:g} s: {dict(states)}")
            await asyncio.sleep(0.1)

    async def counts(self) -> list[tuple[int, int, int]]:
        """For each user: the count, the e-mails, and the different tasks that these belong to."""
        connection = await asyncpg.connect(self.platform.postgres.url)
        try:
            rows = await connection.fetch(
                "SELECT generation_count, (SELECT count(*) FROM emails e WHERE e.user_id = u.id) AS emails, "
                "(SELECT count(DISTINCT task_id) FROM emails e WHERE e.user_id = u.id) AS tasks "
                "FROM users u WHERE email LIKE 'user%@example.org' ORDER BY email"
            )
        finally:
            await connection.close()
        return [(row["generation_count"], row["emails"], row["tasks"]) for row in rows]

    async def _post(self, client: httpx.AsyncClient, number: int, path: str, body: object) -> httpx.Response:
        answer = await client.post(path, json=body, headers=_bearer(self.tokens[number]))
        assert answer.status_code == 201, answer.text
        return answer

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.platform.url, timeout=20, trust_env=False)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
