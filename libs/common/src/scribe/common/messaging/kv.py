"""Answers that were paid for, in NATS KV."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import NATS_UNAVAILABLE

MAX_UNSAVED = 256


class ResponseCache:
    """Answers by key, for as long as their bucket keeps them, so that a redelivery does not pay twice.

    Nobody waits until the bucket has an answer. It is sent before all that is published afterwards: whatever a worker
    that ends has published of a task, it has sent what that task has paid for. An answer that the bucket does not take
    (NATS is away, the bucket is full) is kept in this process, up to `MAX_UNSAVED` of them, until the bucket takes it.
    Who asks for the same at the same time waits for the first answer.

    The keys begin with their `owner`, a step, which alone may read and write them. `saves` has a task for each answer
    that is on its way.
    """

    def __init__(self, bucket: KeyValue, owner: str, saves: asyncio.TaskGroup) -> None:
        self._bucket = bucket
        self._owner = owner
        self._saves = saves
        self._unsaved: dict[str, bytes] = {}
        self._on_their_way: set[str] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer kept under `key` (letters, digits, `-_./=`), or the one that `call` gives now, then kept.

        Raises:
            UnavailableError: NATS is away, so that nobody knows whether the answer was paid for already.
        """
        key = f"{self._owner}.{key}"
        async with self._locks.setdefault(key, asyncio.Lock()):
            answer = self._unsaved.get(key)
            if answer is None:
                kept = await self._read(key)
                if kept is not None:
                    return kept
                answer = self._unsaved[key] = await call()
            if key not in self._on_their_way:
                self._on_their_way.add(key)
                self._saves.create_task(self._save(key, answer))
                await asyncio.sleep(0)  # the task has handed the answer to the connection when this returns
            return answer

    async def _read(self, key: str) -> bytes | None:
        try:
            return (await self._bucket.get(key)).value
        except KeyNotFoundError:
            return None
        except NATS_UNAVAILABLE as error:
            raise UnavailableError(f"the bucket of paid answers: {type(error).__name__}") from error

    async def _save(self, key: str, answer: bytes) -> None:
        try:
            await self._bucket.put(key, answer)
        except NATS_UNAVAILABLE:
            while len(self._unsaved) > MAX_UNSAVED:
                del self._unsaved[next(iter(self._unsaved))]
        else:
            self._unsaved.pop(key, None)
        finally:
            self._on_their_way.discard(key)


@asynccontextmanager
async def open_response_cache(bucket: KeyValue, owner: str) -> AsyncIterator[ResponseCache]:
    """The cache of a step; at the end it waits for the answers that are on their way."""
    async with asyncio.TaskGroup() as saves:
        yield ResponseCache(bucket, owner, saves)
