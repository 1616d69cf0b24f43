"""Supabase access tokens: signature, issuer, audience, time, and the claims that we need."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import jwt
from cachetools import TLRUCache
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scribe.gateway.auth.keys import ALGORITHMS, IssuerKeys
from scribe.gateway.problems import Unauthorized

AUDIENCE = "authenticated"
REMEMBERED = 60.0
MAX_REMEMBERED = 2048
MAX_TOKEN = 8192
MAX_EMAIL = 320
NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
"""No NUL, which PostgreSQL refuses, and no line break."""
REQUIRED = ["exp", "iat", "sub", "iss", "aud"]


@dataclass(frozen=True)
class Caller:
    """Whoever holds a valid token, until `expires` (seconds since 1970). `email` is None for an anonymous user."""

    id: UUID
    email: str | None
    is_admin: bool
    expires: float


class _AppMetadata(BaseModel):
    role: str | None = None


class _Claims(BaseModel):
    model_config = ConfigDict(extra="ignore")

    sub: UUID
    exp: float
    email: str | None = Field(None, max_length=MAX_EMAIL, pattern=NO_CONTROL)
    is_anonymous: bool = False
    app_metadata: _AppMetadata = _AppMetadata()


def _until(_token: str, claims: _Claims, now: float) -> float:
    return min(claims.exp, now + REMEMBERED)


class TokenVerifier:
    """Verifies tokens. The algorithm follows from the key, never from the token.

    A verified token is cached for `REMEMBERED` seconds, but not beyond its expiry: open tabs poll with the same token
    every two seconds, and verifying the signature was a sixth of the cost of a poll. `secrets` are those of HS256,
    separated by spaces: two while one takes the other's place, none where such tokens are refused.
    """

    def __init__(self, keys: IssuerKeys, issuer: str, secrets: Callable[[], str], admins: frozenset[UUID]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._secrets = secrets
        self._admins = admins
        self._proved: TLRUCache[str, _Claims] = TLRUCache(MAX_REMEMBERED, _until, timer=time.time)

    async def verify(self, token: str) -> Caller:
        """The caller that a token identifies.

        Raises:
            Unauthorized: the token is not valid. KeysUnavailableError: the keys cannot be had at the moment.
        """
        claims = self._proved.get(token)
        if claims is None:
            claims = self._proved[token] = await self._decoded(token)
        return self._caller(claims)

    async def _decoded(self, token: str) -> _Claims:
        if len(token) > MAX_TOKEN:
            raise Unauthorized("The access token is too long.")
        try:
            keys, algorithm = await self._keys_of(jwt.get_unverified_header(token))
            return _Claims.model_validate(self._verified(token, keys, algorithm))
        except jwt.ExpiredSignatureError:
            raise Unauthorized("The access token has expired.") from None
        except (jwt.PyJWTError, ValidationError, ValueError):
            raise Unauthorized from None

    def _verified(self, token: str, keys: Sequence[jwt.PyJWK | str], algorithm: str) -> dict[str, object]:
        """The claims, where one of the keys has signed them."""
        for key in keys:
            with suppress(jwt.InvalidSignatureError):
                claims: dict[str, object] = jwt.decode(
                    token,
                    key,
                    algorithms=[algorithm],
                    audience=AUDIENCE,
                    issuer=self._issuer,
                    options={"require": REQUIRED},
                )
                return claims
        raise Unauthorized

    async def _keys_of(self, header: dict[str, object]) -> tuple[Sequence[jwt.PyJWK | str], str]:
        """The keys and the only algorithm that they may be used with; `jku`, `x5u` and the like are not looked at."""
        if header.get("alg") == "HS256":
            return self._secrets().split(), "HS256"
        kid = header.get("kid")
        if header.get("alg") not in ALGORITHMS.values() or not isinstance(kid, str):
            raise Unauthorized
        key = await self._keys.find(kid)
        if key is None or key.algorithm_name != header["alg"]:
            raise Unauthorized
        return [key], key.algorithm_name

    def _caller(self, claims: _Claims) -> Caller:
        email = (claims.email or "").strip() or None
        return Caller(
            id=claims.sub,
            email=None if claims.is_anonymous else email,
            is_admin=claims.app_metadata.role == "admin" or claims.sub in self._admins,
            expires=claims.exp,
        )
