"""Two uses of NATS KV: answers that were paid for, and a rate limit that holds over all pods."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import NATS_UNAVAILABLE

MAX_COLLISIONS = 500
MAX_UNSAVED = 256


class ResponseCache:
    """Answers by key, for as long as their bucket keeps them, so that a redelivery does not pay twice.

    An answer that the bucket does not take (NATS is away, the bucket is full) is kept in this process, up to
    `MAX_UNSAVED` of them, until the bucket takes it.

    The keys begin with their `owner`, a step, which alone may read and write them.
    """

    def __init__(self, bucket: KeyValue, owner: str) -> None:
        self._bucket = bucket
        self._owner = owner
        self._unsaved: dict[str, bytes] = {}

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer kept under `key` (letters, digits, `-_./=`), or the one that `call` gives now, then kept.

        Raises:
            UnavailableError: NATS is away, so that nobody knows whether the answer was paid for already.
        """
        key = f"{self._owner}.{key}"
        answer = self._unsaved.get(key)
        if answer is None:
            kept = await self._read(key)
            if kept is not None:
                return kept
            answer = await call()
        await self._save(key, answer)
        return answer

    async def _read(self, key: str) -> bytes | None:
        try:
            return (await self._bucket.get(key)).value
        except KeyNotFoundError:
            return None
        except NATS_UNAVAILABLE as error:
            raise UnavailableError(f"the bucket of paid answers: {type(error).__name__}") from error

    async def _save(self, key: str, answer: bytes) -> None:
        self._unsaved[key] = answer
        try:
            await self._bucket.put(key, answer)
        except NATS_UNAVAILABLE:
            while len(self._unsaved) > MAX_UNSAVED:
                del self._unsaved[next(iter(self._unsaved))]
            return
        self._unsaved.pop(key, None)


class RateLimiter:
    """At most one call every `interval` seconds over every process that shares the bucket.

    The entry holds the Unix time, in milliseconds, from which the next call may start. A caller waits until then and
    moves the time forward by compare-and-swap; whoever succeeds may call. Because the time is moved only when the call
    starts, a caller that wakes late does not shorten the distance to the next one, and a caller that gives up leaves no
    gap.
    """

    def __init__(self, bucket: KeyValue, name: str, interval: float, clock: Callable[[], float] = time.time) -> None:
        self._bucket = bucket
        self._name = name
        self._interval = interval
        self._clock = clock

    async def wait(self) -> None:
        """Return when the caller may call; the caller limits how long that may take.

        Raises:
            UnavailableError: NATS is away, or the compare-and-swap failed MAX_COLLISIONS times.
        """
        try:
            for _ in range(MAX_COLLISIONS):
                if await self._take():
                    return
        except NATS_UNAVAILABLE as error:
            raise UnavailableError(f"the rate limit of {self._name}: {type(error).__name__}") from error
        raise UnavailableError(f"the rate limit of {self._name} is contended")

    async def _take(self) -> bool:
        """Wait for the next start time, then try to take it. False where another process was first."""
        start, revision = await self._next_slot()
        await asyncio.sleep(max(0.0, start - self._clock()))
        upcoming = str(int((self._clock() + self._interval) * 1000)).encode()
        try:
            await self._bucket.update(self._name, upcoming, last=revision)
        except KeyWrongLastSequenceError:
            return False
        return True

    async def _next_slot(self) -> tuple[float, int]:
        try:
            entry = await self._bucket.get(self._name)
        except KeyNotFoundError:
            return self._clock(), 0
        return int(entry.value or b"0") / 1000, entry.revision or 0
