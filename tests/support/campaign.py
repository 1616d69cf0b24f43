"""Many users with many e-mails on a running platform, and what the database says of them."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from string import ascii_lowercase

import asyncpg
import httpx

from scribe.local.platform import Platform
from scribe.local.tokens import mint_token

BOOK_TEMPLATE = (
    "Dear Professor {{last_name}},\n\nYour book on {{topic}} made me write to you. {{detail}}\n\n"
    "Best wishes,\n{{my_name}}"
)
RESEARCH_TEMPLATE = BOOK_TEMPLATE.replace("Your book", "Your research")
TERMINAL = {"completed", "failed"}
MAX_BATCH = 100


@dataclass
class Campaign:
    """`users` people who each want `each` e-mails. Two campaigns on one platform share `numbers`, so that they are of
    different people.
    """

    platform: Platform
    users: int
    each: int
    template: str = BOOK_TEMPLATE
    numbers: Iterator[int] = field(default_factory=count)
    tokens: list[str] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    """The ids that the gateway has answered with."""

    async def submit(self) -> None:
        """One batch for each user, or several of at most `MAX_BATCH`."""
        for _ in range(self.users):
            await self.submit_of_another(self.each)

    async def submit_of_another(self, items: int) -> int:
        """The batches of one more user; gives the user's number."""
        number = next(self.numbers)
        async with self.client() as client:
            await self._submit_of(client, number, items)
        return number

    async def _submit_of(self, client: httpx.AsyncClient, number: int, items: int) -> None:
        token = mint_token(self.platform.folder, self.platform.state, f"user{number}@example.org")
        self.tokens.append(token)
        await _post(client, token, "/api/user/init", {"display_name": f"Sam Number{number}"})
        for begin in range(0, items, MAX_BATCH):
            batch = self.batch(number, range(begin, min(begin + MAX_BATCH, items)))
            answer = await _post(client, token, "/api/queue/batch", batch)
            self.accepted.update(answer.json()["queue_item_ids"])

    def batch(self, number: int, items: Iterable[int]) -> dict[str, object]:
        """The body of a request: recipients that no other user or item has."""
        return {"items": recipients("Person", number, items), "email_template": self.template}

    async def states(self) -> Counter[str]:
        """How many items are in which state."""
        async with self.client() as client:
            answers = await asyncio.gather(*(client.get("/api/queue/", headers=bearer(t)) for t in self.tokens))
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

    def client(self) -> httpx.AsyncClient:
        """For requests to the gateway."""
        return httpx.AsyncClient(base_url=self.platform.url, timeout=20, trust_env=False)


def recipients(family: str, number: int, items: Iterable[int]) -> list[dict[str, str]]:
    """People of one user, whose family names begin with `family`."""
    return [
        {
            "recipient_name": f"Ada {family}{in_letters(number)}{in_letters(n)}",
            "recipient_interest": f"subject {number}-{n}",
        }
        for n in items
    ]


def in_letters(number: int) -> str:
    """Three letters for a number below 17,576: names differ by letters alone, to arXiv and to who reads them."""
    return "".join(ascii_lowercase[number // 26**place % 26] for place in (2, 1, 0))


def bearer(token: str) -> dict[str, str]:
    """The header that says who asks."""
    return {"Authorization": f"Bearer {token}"}


async def _post(client: httpx.AsyncClient, token: str, path: str, body: object) -> httpx.Response:
    answer = await client.post(path, json=body, headers=bearer(token))
    assert answer.status_code == 201, answer.text
    return answer
