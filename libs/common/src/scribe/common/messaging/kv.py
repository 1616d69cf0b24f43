"""Answers that were paid for, in NATS KV."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import NATS_UNAVAILABLE

MAX_UNSAVED = 256


class ResponseCache:
    """Answers by key, for as long as their bucket keeps them, so that a redelivery does not pay twice.

    An answer that the bucket does not take (NATS is away, the bucket is full) is kept in this process, up to
    `MAX_UNSAVED` of them, until the bucket takes it. Who asks for the same at the same time waits for the first answer.

    The keys begin with their `owner`, a step, which alone may read and write them.
    """

    def __init__(self, bucket: KeyValue, owner: str) -> None:
        self._bucket = bucket
        self._owner = owner
        self._unsaved: dict[str, bytes] = {}
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
