"""A client of an event stream, as a browser is one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.support.gateway import User
from tests.support.waiting import eventually

ITEMS = "/api/queue/events"


@dataclass
class Event:
    """One event as a browser sees it."""

    id: str
    name: str
    data: dict[str, object]


@dataclass
class Listener:
    """A client of an event stream."""

    response: httpx.Response
    events: list[Event] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    closed: bool = False

    async def listen(self) -> None:
        """Read until the stream ends."""
        fields: dict[str, str] = {}
        async for line in self.response.aiter_lines():
            if line.startswith(":"):
                self.comments.append(line)
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                self.events.append(Event(fields["id"], fields["event"], json.loads(fields["data"])))
                fields = {}
        self.closed = True

    def states(self) -> list[tuple[object, object]]:
        """What was told: status and step."""
        return [(event.data["status"], event.data.get("current_step")) for event in self.events]

    def begun(self, task_id: str) -> list[Event]:
        """What was told of an item since its first step has begun."""
        return [event for event in self.events if event.data["id"] == task_id and event.data["started_at"]]


@asynccontextmanager
async def listening(user: User, path: str, last_event_id: str | None = None) -> AsyncIterator[Listener]:
    """Listen until the block ends."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    async with user.client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        listener = Listener(response)
        task = asyncio.create_task(listener.listen())
        await eventually(lambda: listener.comments)
        yield listener
        task.cancel()
