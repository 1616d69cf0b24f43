"""Which tokens open the door: a corpus of attacks, each against the real gateway and a real JWKS."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.gateway import Gateway, gateway_settings, running_gateway, serving_gateway
from tests.support.issuer import Issuer, SigningKey, elliptic_key, issuing, rsa_key
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "a-secret-of-at-least-thirty-two-bytes!"


async def status_of(gateway: Gateway, token: str) -> int:
    """How the gateway answers a bearer of this token; every refusal is a problem document that says no more."""
    async with gateway.client(token) as client:
        response = await client.post("/api/user/init")
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert isinstance(response.json()["detail"], str)
    if response.status_code == 401:
        assert response.headers["www-authenticate"].startswith("Bearer")
    return response.status_code


def unsigned(header: dict[str, object], claims: dict[str, object], signature: str = "") -> str:
    """A token put together by hand."""

    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part(header)}.{part(claims)}.{signature}"


def public_pem(key: SigningKey) -> bytes:
    """The public half, which everybody may know."""
    return key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def confused(issuer: Issuer, secret: bytes) -> str:
    """HS256 with something public as its secret; PyJWT refuses to make such a token, so it is made by hand."""
    key = issuer.keys[1]
    signing_input = unsigned({"alg": "HS256", "kid": key.kid, "typ": "JWT"}, issuer.claims()).rpartition(".")[0]
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = base64.urlsafe_b64encode(algorithm.sign(signing_input.encode(), secret)).decode().rstrip("=")
    return f"{signing_input}.{signature}"


STRANGER = elliptic_key("first")
FORGED_RSA = rsa_key("second")

ATTACKS: dict[str, Callable[[Issuer], str]] = {
    "not a token": lambda _: "hello",
    "empty parts": lambda _: "..",
    "alg none": lambda i: unsigned({"alg": "none", "kid": "first"}, i.claims()),
    "alg None in capitals": lambda i: unsigned({"alg": "NONE", "kid": "first"}, i.claims()),
    "alg none with a signature": lambda i: unsigned({"alg": "none", "kid": "first"}, i.claims(), "AAAA"),
    "HS256 signed with the RSA public key": lambda i: confused(i, public_pem(i.keys[1])),
    "HS256 signed with the JWK": lambda i: confused(i, json.dumps(i.keys[1].public_jwk()).encode()),
    "HS256 where no secret is configured": lambda i: jwt.encode(i.claims(), SECRET, "HS256"),
    "a stranger's key under a known kid": lambda i: i.token(key=STRANGER),
    "a forged RSA key under a known kid": lambda i: i.token(key=FORGED_RSA),
    "RS256 header on the elliptic key": lambda i: i.signed(i.claims(), rsa_key("first"), {"kid": "first"}),
    "ES256 header on the RSA key": lambda i: i.signed(i.claims(), elliptic_key("second"), {"kid": "second"}),
    "PS256 with the RSA key": lambda i: jwt.encode(i.claims(), i.keys[1].private, "PS256", headers={"kid": "second"}),
    "no kid": lambda i: i.signed(i.claims(), i.keys[0], {}),
    "unknown kid": lambda i: i.signed(i.claims(), i.keys[0], {"kid": "third"}),
    "kid with a path": lambda i: i.signed(i.claims(), i.keys[0], {"kid": "../../../../etc/passwd"}),
    "kid with a URL": lambda i: i.signed(i.claims(), STRANGER, {"kid": "https://evil.example/jwks.json"}),
    "kid with SQL": lambda i: i.signed(i.claims(), STRANGER, {"kid": "' OR 1=1 --"}),
    "kid that is a number": lambda i: unsigned({"alg": "ES256", "kid": 1}, i.claims(), "AAAA"),
    "jku to a foreign set": lambda i: i.signed(
        i.claims(), STRANGER, {"kid": "first", "jku": "https://evil.example/jwks.json"}
    ),
    "x5u to a foreign certificate": lambda i: i.signed(
        i.claims(), STRANGER, {"kid": "first", "x5u": "https://evil.example/cert.pem"}
    ),
    "jwk in the header": lambda i: i.signed(i.claims(), STRANGER, {"kid": "first", "jwk": STRANGER.public_jwk()}),
    "unknown critical header": lambda i: i.signed(
        i.claims(), i.keys[0], {"kid": "first", "crit": ["b64"], "b64": False}
    ),
    "foreign issuer": lambda i: i.token(iss="https://evil.example/auth/v1"),
    "issuer with a suffix": lambda i: i.token(iss=i.name + "/"),
    "no issuer": lambda i: i.token(iss=None),
    "another audience": lambda i: i.token(aud="anon"),
    "no audience": lambda i: i.token(aud=None),
    "expired by a second": lambda i: i.token(exp=int(time.time()) - 1),
    "no expiry": lambda i: i.token(exp=None),
    "expiry that is words": lambda i: i.token(exp="tomorrow"),
    "not yet valid": lambda i: i.token(nbf=int(time.time()) + 60),
    "issued in the future": lambda i: i.token(iat=int(time.time()) + 60),
    "no subject": lambda i: i.token(sub=None),
    "subject that is no UUID": lambda i: i.token("admin"),
    "subject that is a number": lambda i: unsigned({"alg": "ES256", "kid": "first"}, {**i.claims(), "sub": 7}, "AAAA"),
    "payload exchanged": lambda i: exchanged(i.token(), i.claims(uuid4())),
    "signature cut off": lambda i: i.token().rpartition(".")[0] + ".",
    "e-mail with NUL": lambda i: i.token(email="a\0@example.org"),
    "e-mail with a line break": lambda i: i.token(email="a@example.org\r\nBcc: b@example.org"),
    "e-mail with a separator of lines": lambda i: i.token(email="a@example.org\u2028"),
    "e-mail without end": lambda i: i.token(email="a" * 1000 + "@example.org"),
    "20 kB": lambda i: i.token(padding="x" * 20_000),
}


def exchanged(token: str, claims: dict[str, object]) -> str:
    """Another payload under the same signature."""
    header, _, signature = token.split(".")
    return f"{header}.{unsigned({}, claims).split('.')[1]}.{signature}"


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
async def test_forged_token_is_refused(gateway: Gateway, attack: Callable[[Issuer], str]) -> None:
    assert await status_of(gateway, attack(gateway.issuer)) == 401


async def test_a_token_that_is_no_head_at_all_is_refused_before_it_is_read(gateway: Gateway) -> None:
    assert await status_of(gateway, gateway.issuer.token(padding="x" * 100_000)) == 431


@pytest.mark.parametrize("header", ["", "Bearer", "Basic dXNlcjpwYXNz", "Token abc", "bearer\tabc"])
async def test_request_without_a_bearer_token_is_refused(gateway: Gateway, header: str) -> None:
    async with gateway.client() as client:
        response = await client.get("/api/queue/", headers={"Authorization": header} if header else {})

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", [0, 1], ids=["ES256", "RS256"])
async def test_both_kinds_of_keys_sign_tokens_that_are_accepted(gateway: Gateway, key: int) -> None:
    assert await status_of(gateway, gateway.issuer.token(key=gateway.issuer.keys[key])) == 201


async def test_token_without_an_email_address_cannot_set_an_account_up(gateway: Gateway) -> None:
    assert await status_of(gateway, gateway.issuer.token(email=None)) == 403
    assert await status_of(gateway, gateway.issuer.token(email="")) == 403
    assert await status_of(gateway, gateway.issuer.token(is_anonymous=True)) == 403


async def test_caller_without_an_account_is_told_to_call_init(gateway: Gateway) -> None:
    async with gateway.client(gateway.issuer.token()) as client:
        response = await client.get("/api/user/profile")

    assert response.status_code == 403
    assert "init" in response.json()["detail"]


async def test_shared_secret_counts_only_where_it_is_configured(database_url: str, nats_url: str) -> None:
    async with (
        issuing() as issuer,
        running_gateway(database_url, nats_url, issuer, loops=False, jwt_secret=SECRET) as gateway,
    ):
        assert await status_of(gateway, jwt.encode(issuer.claims(), SECRET, "HS256")) == 201
        assert await status_of(gateway, jwt.encode(issuer.claims(), SECRET + "x", "HS256")) == 401
        assert await status_of(gateway, confused(issuer, public_pem(issuer.keys[1]))) == 401


async def test_a_new_shared_secret_counts_beside_the_old_one_until_that_is_taken_away(
    database_url: str, nats_url: str, tmp_path: Path
) -> None:
    file, old, new = tmp_path / "SCRIBE_JWT_SECRET", SECRET, SECRET[::-1]
    async with issuing() as issuer:
        settings = gateway_settings(database_url, nats_url, issuer, secrets_dir=tmp_path)
        async with serving_gateway(settings, issuer, loops=False) as gateway:
            for known, expected in ((old, [201, 401]), (f"{new} {old}", [201, 201]), (new, [401, 201])):
                file.write_text(known)
                tokens = [jwt.encode(issuer.claims(), secret, "HS256") for secret in (old, new)]
                assert [await status_of(gateway, token) for token in tokens] == expected


async def test_a_thousand_requests_at_once_fetch_the_keys_once(database_url: str, nats_url: str) -> None:
    async with issuing() as issuer, running_gateway(database_url, nats_url, issuer, loops=False) as gateway:
        verify = gateway.context.tokens.verify
        callers = await asyncio.gather(*(verify(issuer.token()) for _ in range(1000)))

        assert len({caller.id for caller in callers}) == 1000
        assert issuer.requests == 1


async def test_keys_are_fetched_once_for_many_tokens_and_unknown_kids(database_url: str, nats_url: str) -> None:
    async with issuing() as issuer, running_gateway(database_url, nats_url, issuer, loops=False) as gateway:
        for _ in range(5):
            assert await status_of(gateway, issuer.token()) == 201
        for number in range(5):
            unknown = issuer.signed(issuer.claims(), issuer.keys[0], {"kid": f"unknown-{number}"})
            assert await status_of(gateway, unknown) == 401

        assert issuer.requests == 1


async def test_absent_issuer_is_our_trouble_and_not_the_callers(database_url: str, nats_url: str) -> None:
    async with issuing() as issuer, running_gateway(database_url, nats_url, issuer, loops=False) as gateway:
        issuer.status = 503

        assert await status_of(gateway, issuer.token()) == 503


async def test_token_that_was_accepted_is_refused_once_it_has_expired(gateway: Gateway) -> None:
    token = gateway.issuer.token(exp=int(time.time()) + 5)
    assert await status_of(gateway, token) == 201

    async def is_refused() -> bool:
        return await status_of(gateway, token) == 401

    await eventually(is_refused, timeout=30)
