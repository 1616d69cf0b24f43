"""An issuer of access tokens: its own keys, served as a JWKS over HTTP, and whatever token a test wants."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scribe.common.process.health import serving

JWKS_PATH = "/auth/v1/.well-known/jwks.json"


@dataclass(frozen=True)
class SigningKey:
    """A key pair; the kind of the key says which algorithm it signs with."""

    kid: str
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def algorithm(self) -> str:
        """The only algorithm that the key may be used with."""
        return "ES256" if isinstance(self.private, ec.EllipticCurvePrivateKey) else "RS256"

    def public_jwk(self) -> dict[str, object]:
        """The public half, as it stands in a JWKS."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            jwk = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        else:
            jwk = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**jwk, "kid": self.kid, "alg": self.algorithm, "use": "sig"}


def elliptic_key(kid: str) -> SigningKey:
    """A fresh P-256 key."""
    return SigningKey(kid, ec.generate_private_key(ec.SECP256R1()))


def rsa_key(kid: str) -> SigningKey:
    """A fresh RSA key."""
    return SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))


@dataclass
class Issuer:
    """One Supabase project. `requests` counts the fetches of its keys; `status` other than 200 makes them fail."""

    keys: list[SigningKey] = field(default_factory=lambda: [elliptic_key("first"), rsa_key("second")])
    url: str = ""
    requests: int = 0
    status: int = 200

    @property
    def name(self) -> str:
        """The `iss` of its tokens."""
        return f"{self.url}/auth/v1"

    def claims(self, user_id: UUID | str | None = None, **changes: object) -> dict[str, object]:
        """What an ordinary token says; `changes` replace claims, None takes one away."""
        subject = str(user_id or uuid4())
        now = int(time.time())
        ordinary: dict[str, object] = {
            "sub": subject,
            "iss": self.name,
            "aud": "authenticated",
            "iat": now,
            "exp": now + 3600,
            "email": f"{subject[:8]}@example.org",
            "role": "authenticated",
            "is_anonymous": False,
            "app_metadata": {"provider": "email"},
        }
        return {name: value for name, value in {**ordinary, **changes}.items() if value is not None}

    def token(self, user_id: UUID | str | None = None, *, key: SigningKey | None = None, **changes: object) -> str:
        """A token signed by `key`, or by the first of the issuer's own."""
        signing = key or self.keys[0]
        return self.signed(self.claims(user_id, **changes), signing, {"kid": signing.kid})

    @staticmethod
    def signed(claims: Mapping[str, object], key: SigningKey, headers: Mapping[str, object]) -> str:
        """A token with exactly these claims and headers."""
        return jwt.encode(dict(claims), key.private, key.algorithm, headers=dict(headers))

    async def answer(self, _request: Request) -> Response:
        """The JWKS."""
        self.requests += 1
        return JSONResponse({"keys": [key.public_jwk() for key in self.keys]}, self.status)


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """An issuer on a free port."""
    issuer = Issuer()
    app = Starlette(routes=[Route(JWKS_PATH, issuer.answer)])
    async with serving(app, "127.0.0.1", 0) as port:
        issuer.url = f"http://127.0.0.1:{port}"
        yield issuer
