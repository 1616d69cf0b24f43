"""The issuer's public keys, fetched in the background and not more often than needed."""

import asyncio
import time
from collections.abc import Callable, Mapping

import jwt
from pydantic import BaseModel, ValidationError

from scribe.common.errors import PermanentError, TransientError
from scribe.common.http.upstream import Upstream

LIFETIME = 600.0
REFETCH_FLOOR = 10.0
MAX_KEYS = 32
ALGORITHMS = {"EC": "ES256", "RSA": "RS256"}
"""The one algorithm that each key type may be used with; what a token's header asks for must be the same."""


class KeysUnavailableError(Exception):
    """No key could be fetched, and none that is known is fresh enough."""


class _Document(BaseModel):
    keys: list[dict[str, object]]


class IssuerKeys:
    """The keys of a JWKS by `kid`; an unknown one causes a single fetch, at most one every ten seconds."""

    def __init__(self, issuer: Upstream, path: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._path = path
        self._clock = clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched = self._tried = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key named `kid`, None where the issuer has none.

        Raises:
            KeysUnavailableError: the issuer does not answer, and what is known is older than its lifetime.
        """
        if not self._fresh() or kid not in self._keys:
            await self._refresh(kid)
        if not self._fresh():
            raise KeysUnavailableError
        return self._keys.get(kid)

    def _fresh(self) -> bool:
        return self._clock() - self._fetched < LIFETIME

    async def _refresh(self, kid: str) -> None:
        async with self._lock:
            known = self._fresh() and kid in self._keys
            if known or self._clock() - self._tried < REFETCH_FLOOR:
                return
            self._tried = self._clock()
            try:
                response = await self._issuer.request("GET", self._path)
                document = _Document.model_validate_json(response.content)
            except (TransientError, PermanentError, ValidationError):
                return
            self._keys = _usable(document)
            self._fetched = self._clock()


def _usable(document: _Document) -> dict[str, jwt.PyJWK]:
    keys: dict[str, jwt.PyJWK] = {}
    for entry in document.keys[:MAX_KEYS]:
        kid, algorithm = entry.get("kid"), ALGORITHMS.get(str(entry.get("kty")))
        if isinstance(kid, str) and algorithm and entry.get("use", "sig") == "sig":
            try:
                keys[kid] = jwt.PyJWK(entry, algorithm=algorithm)
            except jwt.PyJWTError:
                continue
    return keys
