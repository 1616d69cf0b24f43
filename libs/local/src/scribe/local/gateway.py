"""The gateway as the command line uses it: the REST API, like any other client."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from scribe.local.errors import LocalError

TIMEOUT = httpx.Timeout(10.0, read=30.0)
FOLLOW_LIMIT = 900.0
"""Seconds after which an e-mail is no longer followed; it is written all the same."""
RECONNECT_DELAY = 0.5
TERMINAL = ("completed", "failed")


class Lenient(BaseModel):
    """A part of an answer; what is not listed is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Item(Lenient):
    """One e-mail on its way."""

    id: UUID
    status: str
    current_step: str | None = None
    position: int | None = None
    attempt: int = 0
    step_timings: Mapping[str, float] = Field(default_factory=dict)
    skipped_steps: tuple[str, ...] = ()
    email_id: UUID | None = None
    error_message: str | None = None


class CitedSource(Lenient):
    """A source that was read, or that a sentence rests on."""

    url: str | None = None
    title: str = ""


class Claim(Lenient):
    """A sentence and what it rests on."""

    sentence: str
    sources: tuple[CitedSource, ...] = ()


class CitedPaper(CitedSource):
    """A paper that was found."""

    year: int | None = None


class Spent(Lenient):
    """Tokens and money; a cost that is not known is None."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class Usage(Lenient):
    """What the e-mail cost in total."""

    total: Spent = Spent()


class Metadata(Lenient):
    """How the e-mail came about."""

    sources: tuple[CitedSource, ...] = ()
    arxiv_papers: tuple[CitedPaper, ...] = ()
    claims: tuple[Claim, ...] = ()
    warnings: tuple[str, ...] = ()
    usage: Usage = Usage()


class Email(Lenient):
    """A written e-mail."""

    id: UUID
    email_message: str
    template_type: str
    is_confident: bool
    metadata: Metadata = Metadata()


class DeadLetter(Lenient):
    """A dead letter, in words for the operator."""

    task_id: str
    step: str
    reason: str


DEAD_LETTERS = TypeAdapter(tuple[DeadLetter, ...])


@dataclass(frozen=True)
class Gateway:
    """A user's connection to the gateway."""

    client: httpx.AsyncClient

    async def sign_up(self, display_name: str | None = None) -> None:
        """Make the user's row, where it is not there."""
        await self._call("POST", "/api/user/init", {"display_name": display_name} if display_name else {})

    async def submit(self, template: str, name: str, interest: str) -> UUID:
        """Have an e-mail written; gives the task."""
        body = {"email_template": template, "recipient_name": name, "recipient_interest": interest}
        return UUID(json.loads(await self._call("POST", "/api/email/generate", body))["task_id"])

    async def email(self, email_id: UUID) -> Email:
        """A written e-mail."""
        return Email.model_validate_json(await self._call("GET", f"/api/email/{email_id}"))

    async def reason_of(self, task_id: UUID) -> str | None:
        """Why a task failed, as its dead letter tells; only for administrators."""
        letters = DEAD_LETTERS.validate_json(await self._call("GET", "/api/admin/deadletters"))
        return next((f"{found.step}: {found.reason}" for found in letters if found.task_id == str(task_id)), None)

    async def follow(self, task_id: UUID) -> AsyncIterator[Item]:
        """The task as it changes, up to its end.

        Raises:
            LocalError: it has not ended after a quarter of an hour.
        """
        try:
            async with asyncio.timeout(FOLLOW_LIMIT):
                while True:
                    async for item in self._changes(task_id):
                        yield item
                        if item.status in TERMINAL:
                            return
                    await asyncio.sleep(RECONNECT_DELAY)
        except TimeoutError:
            raise LocalError(f"The e-mail is not written after {FOLLOW_LIMIT:g} s. Its task is {task_id}.") from None

    async def _changes(self, task_id: UUID) -> AsyncIterator[Item]:
        """The changes that one connection receives; it ends when the gateway closes it."""
        try:
            async with self.client.stream("GET", "/api/queue/events") as response:
                if response.is_error:
                    await response.aread()
                    raise LocalError(sentence_of(response))
                async for line in response.aiter_lines():
                    if line.startswith("data:"):
                        item = Item.model_validate_json(line.removeprefix("data:"))
                        if item.id == task_id:
                            yield item
        except httpx.TransportError:
            return

    async def _call(self, method: str, path: str, body: Mapping[str, str] | None = None) -> bytes:
        try:
            response = await self.client.request(method, path, json=body)
        except httpx.TransportError:
            raise LocalError(f"The gateway at {self.client.base_url} does not answer; see its log.") from None
        if response.is_error:
            raise LocalError(sentence_of(response))
        return response.content


@asynccontextmanager
async def open_gateway(url: str, token: str) -> AsyncIterator[Gateway]:
    """A connection for the user whose token it is."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False) as client:
        yield Gateway(client)


def sentence_of(response: httpx.Response) -> str:
    """What the gateway says about an error, for a person."""
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"The gateway answered {response.status_code}."
    if isinstance(detail, list):
        return " ".join(f"{'.'.join(map(str, entry['loc'][1:]))}: {entry['msg']}." for entry in detail)
    return str(detail)
