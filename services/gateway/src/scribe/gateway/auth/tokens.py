"""Supabase access tokens: signature, issuer, audience, time, and the claims that we need."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import jwt
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from scribe.gateway.auth.keys import ALGORITHMS, IssuerKeys
from scribe.gateway.problems import Unauthorized

AUDIENCE = "authenticated"
REMEMBERED = 60.0
MOST_REMEMBERED = 2048
LONGEST_TOKEN = 8192
REQUIRED = ["exp", "iat", "sub", "iss", "aud"]


@dataclass(frozen=True)
class Caller:
    """Whoever holds a valid token. `email` is None for an anonymous user."""

    id: UUID
    email: str | None
    is_admin: bool


class _AppMetadata(BaseModel):
    role: str | None = None


class _Claims(BaseModel):
    model_config = ConfigDict(extra="ignore")

    sub: UUID
    exp: float
    email: str | None = None
    is_anonymous: bool = False
    app_metadata: _AppMetadata = _AppMetadata()


class TokenVerifier:
    """Turns a token into its caller. The algorithm follows from the key, never from the token.

    What a token has proved is remembered for `REMEMBERED` seconds, not beyond its expiry: open tabs poll with the same
    token every two seconds, and checking a signature was a sixth of what a poll cost.
    """

    def __init__(self, keys: IssuerKeys, issuer: str, secret: SecretStr | None, admins: frozenset[UUID]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._secret = secret
        self._admins = admins
        self._proved: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    async def verify(self, token: str) -> Caller:
        """The caller that a token proves.

        Raises:
            Unauthorized: it proves none. KeysUnavailableError: nobody can tell at the moment.
        """
        caller, until = self._proved.get(token, (None, 0.0))
        if caller is not None and time.time() < until:
            return caller
        if len(token) > LONGEST_TOKEN:
            raise Unauthorized("The access token is too long.")
        claims = await self._decoded(token)
        caller = self._caller(claims)
        self._remember(token, caller, min(claims.exp, time.time() + REMEMBERED))
        return caller

    def _remember(self, token: str, caller: Caller, until: float) -> None:
        self._proved[token] = (caller, until)
        self._proved.move_to_end(token)
        while len(self._proved) > MOST_REMEMBERED:
            self._proved.popitem(last=False)

    async def _decoded(self, token: str) -> _Claims:
        try:
            key, algorithm = await self._key_of(jwt.get_unverified_header(token))
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": REQUIRED},
            )
            return _Claims.model_validate(claims)
        except jwt.ExpiredSignatureError:
            raise Unauthorized("The access token has expired.") from None
        except (jwt.PyJWTError, ValidationError, ValueError):
            raise Unauthorized from None

    async def _key_of(self, header: dict[str, object]) -> tuple[jwt.PyJWK | str, str]:
        """The key and the only algorithm that it may be used with; `jku`, `x5u` and the like are not looked at."""
        if header.get("alg") == "HS256":
            if self._secret is None:
                raise Unauthorized
            return self._secret.get_secret_value(), "HS256"
        kid = header.get("kid")
        if header.get("alg") not in ALGORITHMS.values() or not isinstance(kid, str):
            raise Unauthorized
        key = await self._keys.find(kid)
        if key is None or key.algorithm_name != header["alg"]:
            raise Unauthorized
        return key, key.algorithm_name

    def _caller(self, claims: _Claims) -> Caller:
        email = (claims.email or "").strip() or None
        return Caller(
            id=claims.sub,
            email=None if claims.is_anonymous else email,
            is_admin=claims.app_metadata.role == "admin" or claims.sub in self._admins,
        )
