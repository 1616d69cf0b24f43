"""Changes as they happen: one subscription in each gateway, handed on to the event streams of the user it concerns."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from nats.aio.msg import Msg
from pydantic import BaseModel, ValidationError

from scribe.common.messaging.broker import Broker
from scribe.gateway.problems import TooManyRequests

MAX_UNREAD = 256


class Change(BaseModel):
    """Items of one user that have changed; what they have become is read from their rows.

    A gateway of the release before writes `id`, and no `ids`.
    """

    id: UUID
    ids: tuple[UUID, ...] = ()


class Inbox:
    """What one event stream has not read yet. An overflow is remembered: then everything is read anew."""

    def __init__(self, *, closed: bool = False) -> None:
        self._changed: dict[UUID, None] = {}
        self._arrived = asyncio.Event()
        self.overflowed = False
        self.closed = closed

    def put(self, item_id: UUID) -> None:
        """Note that an item has changed; several changes of one item are noted once."""
        if len(self._changed) >= MAX_UNREAD:
            self.overflowed = True
        else:
            self._changed[item_id] = None
        self._arrived.set()

    def close(self) -> None:
        """Let the event stream end."""
        self.closed = True
        self._arrived.set()

    async def take(self, timeout: float) -> list[UUID]:
        """What has changed, or nothing when `timeout` seconds have passed."""
        try:
            async with asyncio.timeout(timeout):
                await self._arrived.wait()
        except TimeoutError:
            return []
        self._arrived.clear()
        changed, self._changed = list(self._changed), {}
        return changed

    async def wait_for(self, item_id: UUID, timeout: float) -> None:
        """Return when this item may have changed, the inbox is closed, or `timeout` seconds have passed."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0 and item_id not in await self.take(left):
            if self.overflowed or self.closed:
                break
        self.overflowed = False


class Notifications:
    """The open event streams of this process."""

    def __init__(self, max_per_user: int) -> None:
        self._max_per_user = max_per_user
        self._inboxes: dict[UUID, set[Inbox]] = {}
        self._closed = False

    def close(self) -> None:
        """End every stream, and those that are still to come; their clients go to another gateway."""
        self._closed = True
        for inboxes in self._inboxes.values():
            for inbox in inboxes:
                inbox.close()

    @contextmanager
    def listen(self, user_id: UUID) -> Iterator[Inbox]:
        """An inbox for as long as the block runs.

        Raises:
            TooManyRequests: the user has too many streams open.
        """
        if len(self._inboxes.get(user_id, ())) >= self._max_per_user:
            raise TooManyRequests("You have too many event streams open. Close one of them first.", 5)
        inbox = Inbox(closed=self._closed)
        self._inboxes.setdefault(user_id, set()).add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes[user_id].discard(inbox)
            if not self._inboxes[user_id]:
                del self._inboxes[user_id]

    async def take(self, message: Msg) -> None:
        """Hand a message on `notify.<user_id>` on."""
        try:
            inboxes = self._inboxes.get(UUID(message.subject.partition(".")[2]))
            if not inboxes:
                return
            change = Change.model_validate_json(message.data)
        except (ValueError, ValidationError):
            return
        for inbox in inboxes:
            for item_id in change.ids or (change.id,):
                inbox.put(item_id)


@asynccontextmanager
async def open_notifications(broker: Broker, max_per_user: int) -> AsyncIterator[Notifications]:
    """Notifications of everything that any projector announces."""
    notifications = Notifications(max_per_user)
    subscription = await broker.client.subscribe("notify.*", cb=notifications.take)
    try:
        yield notifications
    finally:
        if not broker.client.is_closed:
            await subscription.unsubscribe()
