"""The consumer loop: one inbox, credit-based pulls (NATS ADR-37), one asyncio task per delivery.

nats-py's own `fetch` leaves an orphan pull behind after an idle probe and stalls for up to its timeout, and does not
notice a killed server (measured with 2.15 and 2.16), so the loop speaks the pull protocol itself:

- A pull asks for exactly as many messages as may still begin and have no credit yet. A delivery uses up one credit;
  a status 404, 408 or 409 gives back what its `Nats-Pending-Messages` says.
- The server sends a heartbeat every 5 s while a pull waits. Two missed ones, or a reconnect, mean that nobody knows
  what became of the credits: the loop takes a new inbox and asks anew.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.delivery import Delivery
from scribe.common.observability.logs import Logger

EXPIRES = 30.0
HEARTBEAT = 5.0
RETRY_INTERVAL = 0.5
GIVE_BACK_TIMEOUT = 5.0
"""Seconds for the answer of a server that is told of the end of an inbox."""
CREDIT_STATUSES = frozenset({"404", "408", "409"})

Handler = Callable[[Delivery], Awaitable[None]]
Ensure = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class PullOptions:
    """Which durable consumer is pulled, and how many deliveries may be in progress at once."""

    stream: str
    durable: str
    concurrency: int
    expires: float = EXPIRES
    heartbeat: float = HEARTBEAT


class Consumer:
    """Pulls from one durable consumer and runs `handler` for each delivery; `handler` must settle it.

    `ensure` makes or verifies the durable consumer; it is called before the first pull and whenever pulls go
    unanswered, so that a consumer lost with its server's storage comes back. `alive` is called at every sign of life.
    """

    def __init__(
        self,
        broker: Broker,
        options: PullOptions,
        handler: Handler,
        *,
        ensure: Ensure,
        log: Logger,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._broker = broker
        self._options = options
        self._handler = handler
        self._ensure = ensure
        self._log = log
        self._alive = alive
        self._credits = 0
        self._in_progress = 0
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._last_sign = time.monotonic()
        self._lost = True
        self._inbox: str | None = None
        self._subscription: Subscription | None = None
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def in_progress(self) -> int:
        """Deliveries whose handler has not returned."""
        return self._in_progress

    @property
    def last_sign(self) -> float:
        """`time.monotonic()` of the last message, status or heartbeat."""
        return self._last_sign

    @property
    def silence(self) -> float:
        """Seconds since the last message, status or heartbeat while one is due; 0 while all workers are busy, because
        then no pull is open.
        """
        is_due = self._lost or self._credits > 0
        return time.monotonic() - self._last_sign if is_due else 0.0

    def stop(self) -> None:
        """Stop pulling; `run` returns when every delivery in progress has been settled."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Pull until `stop`, then wait for what is in progress.

        Raises:
            ConfigurationError: the durable consumer is there with another configuration.
        """
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            watcher = tasks.create_task(self._watch_reconnects())
            try:
                while not self._stopping.is_set():
                    await self._turn()
            finally:
                watcher.cancel()
                await self._leave_inbox(give_back=self._broker.is_connected)

    async def _turn(self) -> None:
        self._wake.clear()
        if self._heartbeats_missed():
            self._log.warning("pull_lost", durable=self._options.durable, credits=self._credits)
            self._lost = True
        if self._lost:
            await self._start_over()
        else:
            await self._ask()
        try:
            # Not `wait_for`: Python 3.11's may swallow a cancellation.
            async with asyncio.timeout(RETRY_INTERVAL if self._lost else self._options.heartbeat):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _start_over(self) -> None:
        """Subscribe to a new inbox and request messages there; the requests of the old inbox are given up."""
        await self._leave_inbox()
        try:
            await self._ensure()
            self._inbox = self._broker.client.new_inbox()
            self._subscription = await self._broker.client.subscribe(self._inbox, cb=self._on_message)
        except ConfigurationError:
            raise
        except NATS_UNAVAILABLE as error:
            self._log.warning("pull_not_possible", durable=self._options.durable, error_class=type(error).__name__)
            return
        self._credits = 0
        self._lost = False
        self._last_sign = time.monotonic()
        await self._ask()

    async def _ask(self) -> None:
        """Request as many messages as may begin; while some are requested already, not before half the places are free.

        What has been requested and has not come is not there, so that nothing waits for the rest.
        """
        batch = self._options.concurrency - self._in_progress - self._credits
        least = self._options.concurrency / 2 if self._credits else 1
        if batch < least or self._inbox is None or not self._broker.is_connected:
            return
        request = {
            "batch": batch,
            "expires": int(self._options.expires * 1e9),
            "idle_heartbeat": int(self._options.heartbeat * 1e9),
        }
        if self._credits == 0:
            self._last_sign = time.monotonic()
        self._credits += batch
        try:
            subject = f"{self._broker.api}.CONSUMER.MSG.NEXT.{self._options.stream}.{self._options.durable}"
            await self._broker.client.publish(subject, json.dumps(request).encode(), reply=self._inbox)
        except (nats.errors.Error, OSError):
            self._lost = True

    def _heartbeats_missed(self) -> bool:
        return not self._lost and self.silence > 2 * self._options.heartbeat

    async def _on_message(self, message: Msg) -> None:
        if not message.reply:
            self._on_status(message.headers or {})
            return
        self._sign()
        self._credits = max(0, self._credits - 1)
        if self._stopping.is_set() or self._tasks is None:
            await message.nak()
            return
        self._in_progress += 1
        self._tasks.create_task(self._handle(Delivery.of(message)))

    def _on_status(self, headers: Mapping[str, str]) -> None:
        status = headers.get("Status", "")
        if status == "503":
            self._lost = True
            self._log.warning("pull_unanswered", durable=self._options.durable)
            return
        self._sign()
        if status in CREDIT_STATUSES:
            self._credits = max(0, self._credits - int(headers.get("Nats-Pending-Messages", "0")))
            description = headers.get("Description", "")
            self._lost = self._lost or "Consumer Deleted" in description
            self._wake.set()

    def _sign(self) -> None:
        self._last_sign = time.monotonic()
        self._alive()

    async def _handle(self, delivery: Delivery) -> None:
        try:
            await self._handler(delivery)
        except Exception as error:  # noqa: BLE001 - the edge: an unsettled message is delivered again
            self._log.error("delivery_unsettled", error_class=type(error).__name__, exc_info=error)
        finally:
            self._in_progress -= 1
            self._wake.set()

    async def _watch_reconnects(self) -> None:
        while True:
            async with self._broker.reconnected:
                await self._broker.reconnected.wait()
            self._lost = True
            self._wake.set()

    async def _leave_inbox(self, *, give_back: bool = False) -> None:
        """Unsubscribe from the inbox. With `give_back`, messages that are already on their way are handled (and
        returned to the server) first, instead of being redelivered after `ack_wait`.
        """
        subscription, self._subscription, self._inbox = self._subscription, None, None
        if subscription is None:
            return
        try:
            async with asyncio.timeout(GIVE_BACK_TIMEOUT):
                if give_back:
                    await subscription.drain()  # type: ignore[no-untyped-call]
                else:
                    await subscription.unsubscribe()
        except (nats.errors.Error, OSError):  # TimeoutError is an OSError
            return
