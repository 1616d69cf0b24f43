"""The issuer's keys, and tokens with all the claims that Supabase puts into them."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

LIFETIME = 3600
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def user_id_of(email: str) -> UUID:
    """Always the same id for an address."""
    return uuid5(NAMESPACE_URL, f"mailto:{email.lower()}")


@dataclass
class Keys:
    """The issuer's private keys by `kid`; the first signs. `rotate` adds one and drops the oldest of its kind."""

    private: dict[str, PrivateKey] = field(default_factory=dict)

    @classmethod
    def create(cls) -> "Keys":
        """One ES256 and one RS256 key."""
        ec_key = ec.generate_private_key(ec.SECP256R1())
        return cls({"standin-es": ec_key, "standin-rs": rsa.generate_private_key(65537, 2048)})

    @classmethod
    def load_or_create(cls, path: Path) -> "Keys":
        """The keys kept in a file, which is made where it is missing, readable by its owner only."""
        if path.exists():
            kept: dict[str, str] = json.loads(path.read_text())
            return cls({kid: _load(pem) for kid, pem in kept.items()})
        keys = cls.create()
        draft = path.with_name(f".{path.name}.{uuid4().hex}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - a mode
            json.dump({kid: _dump(key) for kid, key in keys.private.items()}, file)
        draft.replace(path)
        return keys

    def rotate(self) -> str:
        """A new signing key in place of the old one; gives its `kid`."""
        kid = f"standin-es-{uuid4().hex[:8]}"
        others = {k: v for k, v in self.private.items() if isinstance(v, rsa.RSAPrivateKey)}
        self.private = {kid: ec.generate_private_key(ec.SECP256R1()), **others}
        return kid

    def jwks(self) -> dict[str, object]:
        """The public keys."""
        return {"keys": [_public(kid, key) for kid, key in self.private.items()]}

    def mint(
        self,
        issuer: str,
        *,
        sub: str | None = None,
        email: str | None = "student@example.org",
        kid: str | None = None,
        headers: Mapping[str, object] | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> str:
        """A token as Supabase would give out; `claims` replace or, where None, remove the usual ones."""
        merged = {**usual_claims(issuer, sub or str(uuid4()), email), **(claims or {})}
        return self.sign({name: value for name, value in merged.items() if value is not None}, kid=kid, headers=headers)

    def sign(
        self, payload: Mapping[str, object], *, kid: str | None = None, headers: Mapping[str, object] | None = None
    ) -> str:
        """Any claims, signed."""
        signing = kid or next(iter(self.private))
        key = self.private[signing]
        algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
        return jwt.encode(dict(payload), key, algorithm, headers={"kid": signing, **(headers or {})})

    def read(self, token: str) -> dict[str, object] | None:
        """The claims of a token that these keys have signed and that has not expired."""
        try:
            key = self.private[str(jwt.get_unverified_header(token).get("kid"))]
            claims: dict[str, object] = jwt.decode(
                token, key.public_key(), ["ES256", "RS256"], options={"verify_aud": False}
            )
        except (jwt.PyJWTError, KeyError, ValueError):
            return None
        return claims


def usual_claims(issuer: str, sub: str, email: str | None) -> dict[str, object]:
    """The claims of a signed-in user."""
    now = int(time.time())
    return {
        "iss": issuer,
        "sub": sub,
        "aud": "authenticated",
        "iat": now,
        "exp": now + LIFETIME,
        "email": email,
        "phone": "",
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": now}],
        "session_id": str(uuid4()),
        "is_anonymous": False,
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {},
    }


def _load(pem: str) -> PrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError("a key of another kind")
    return key


def _dump(key: PrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _public(kid: str, key: PrivateKey) -> dict[str, object]:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        found: dict[str, object] = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return {**found, "kid": kid, "use": "sig", "alg": "ES256"}
    public: dict[str, object] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "kid": kid, "use": "sig", "alg": "RS256"}
