"""The gateway as the command line uses it: the REST API, like any other client."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx
from pydantic import TypeAdapter

from scribe.local.answers import DeadLetter, Email, Item
from scribe.local.errors import AbsentError, BusyError, LocalError

TIMEOUT = httpx.Timeout(10.0, read=30.0)
FOLLOW_LIMIT = 900.0
"""Seconds without a change after which e-mails are no longer followed; they are written all the same."""
RECONNECT_DELAY = 0.5
RETRY_AFTER = 5.0
"""Seconds until a refused request is sent again where the gateway names no time."""
ITEMS = TypeAdapter(tuple[Item, ...])
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

    async def items(self) -> tuple[Item, ...]:
        """The user's items: active ones and those of the last 24 hours, oldest first."""
        return ITEMS.validate_json(await self._call("GET", "/api/queue/"))

    async def cancel(self, item_id: UUID) -> Item:
        """End an item that waits or is being written."""
        return Item.model_validate_json(await self._call("POST", f"/api/queue/{item_id}/cancel"))

    async def retry(self, item_id: UUID) -> Item:
        """Have a failed item tried again."""
        return Item.model_validate_json(await self._call("POST", f"/api/queue/{item_id}/retry"))

    async def find(self, item_id: UUID) -> Item:
        """One of the user's items, also an old one, of which only the outcome is known.

        Raises:
            AbsentError: there is no such item.
        """
        recent = next((item for item in await self.items() if item.id == item_id), None)
        return recent or await self.find_old(item_id)

    async def find_old(self, item_id: UUID) -> Item:
        """An item that may be too old for `items`, as far as its task's status tells.

        Raises:
            AbsentError: there is no such item.
        """
        return old_item(item_id, await self._call("GET", f"/api/email/status/{item_id}"))

    async def dead_letters(self, before: int | None = None) -> tuple[DeadLetter, ...]:
        """The newest hundred, newest first, or those older than `before`; only for administrators."""
        older = f"&before={before}" if before else ""
        return DEAD_LETTERS.validate_json(await self._call("GET", f"/api/admin/deadletters?limit=100{older}"))

    async def replay(self, letter_id: int) -> None:
        """Send a dead letter's task back to the step that gave it up; only for administrators."""
        await self._call("POST", f"/api/admin/deadletters/{letter_id}/replay")

    async def give_up(self, letter_id: int) -> None:
        """Close a dead letter without replaying it; only for administrators."""
        await self._call("DELETE", f"/api/admin/deadletters/{letter_id}")

    async def reason_of(self, task_id: UUID) -> str | None:
        """Why a task failed, as its dead letter tells; only for administrators."""
        letters = await self.dead_letters()
        return next((f"{found.step}: {found.reason}" for found in letters if found.task_id == str(task_id)), None)

    async def upload(self, name: str, content: bytes, template: str, key: str) -> tuple[UUID, ...]:
        """Have an e-mail written for every row of a file; gives the items. With the same key again: the same answer."""
        request = self.client.build_request(
            "POST",
            "/api/queue/batch/csv",
            files={"file": (name, content)},
            data={"email_template": template},
            headers={"Idempotency-Key": key},
        )
        return tuple(map(UUID, json.loads(await self._answer(request))["queue_item_ids"]))

    async def follow(self, *task_ids: UUID) -> AsyncIterator[Item]:
        """The tasks as they change, until all have ended.

        Raises:
            LocalError: nothing has happened for a quarter of an hour.
        """
        waiting = set(task_ids)
        try:
            async with asyncio.timeout(FOLLOW_LIMIT) as deadline:
                while waiting:
                    async for item in self._changes():
                        if item.id not in waiting:
                            continue
                        deadline.reschedule(asyncio.get_running_loop().time() + FOLLOW_LIMIT)
                        yield item
                        if item.is_terminal:
                            waiting.remove(item.id)
                        if not waiting:
                            return
                    await asyncio.sleep(RECONNECT_DELAY)
        except TimeoutError:
            raise LocalError(
                f"Nothing has happened for {FOLLOW_LIMIT:g} s to {', '.join(map(str, waiting))}."
            ) from None

    async def _changes(self) -> AsyncIterator[Item]:
        """The changes that one connection receives; it ends when the gateway closes it."""
        try:
            async with self.client.stream("GET", "/api/queue/events") as response:
                if response.is_error:
                    await response.aread()
                    raise LocalError(sentence_of(response))
                async for line in response.aiter_lines():
                    if line.startswith("data:"):
                        yield Item.model_validate_json(line.removeprefix("data:"))
        except httpx.TransportError:
            return

    async def _call(self, method: str, path: str, body: Mapping[str, str] | None = None) -> bytes:
        return await self._answer(self.client.build_request(method, path, json=body))

    async def _answer(self, request: httpx.Request) -> bytes:
        try:
            response = await self.client.send(request)
        except httpx.TransportError:
            raise LocalError(f"The gateway at {self.client.base_url} does not answer; see its log.") from None
        if response.status_code == httpx.codes.NOT_FOUND:
            raise AbsentError(sentence_of(response))
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise BusyError(sentence_of(response), retry_after_of(response))
        if response.is_error:
            raise LocalError(sentence_of(response))
        return response.content


@asynccontextmanager
async def open_gateway(url: str, token: str) -> AsyncIterator[Gateway]:
    """A connection for the user whose token it is."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False) as client:
        yield Gateway(client)


def old_item(item_id: UUID, answer: bytes) -> Item:
    """An item from its task's status, as `/api/email/status` gives it."""
    words = {"SUCCESS": "completed", "FAILURE": "failed", "STARTED": "processing"}
    found = json.loads(answer)
    result = found.get("result") or {}
    return Item(
        id=item_id,
        status=words.get(found["status"], "pending"),
        current_step=result.get("current_step"),
        notice=result.get("notice"),
        step_timings=result.get("step_timings") or {},
        email_id=result.get("email_id"),
        error_message=found.get("error"),
    )


def retry_after_of(response: httpx.Response) -> float:
    """Seconds after which the gateway wants to be asked again."""
    named = response.headers.get("Retry-After", "")
    return float(named) if named.isdecimal() else RETRY_AFTER


def sentence_of(response: httpx.Response) -> str:
    """What the gateway says about an error, for a person."""
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"The gateway answered {response.status_code}."
    if isinstance(detail, list):
        return " ".join(f"{'.'.join(map(str, entry['loc'][1:]))}: {entry['msg']}." for entry in detail)
    return str(detail)
