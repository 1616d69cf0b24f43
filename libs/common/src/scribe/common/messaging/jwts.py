"""The declared permissions as JWTs (NATS ADR-14): for servers that know one operator and resolve its accounts.

`python -m scribe.common.messaging.jwts FOLDER` writes the keys that are missing (`keys/*.nk`), a JWT for each account
(`accounts/*.jwt`), credentials for each user (`*.creds`), and `resolver.conf` for a server that keeps the accounts in
its configuration.
"""

import base64
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nkeys

from scribe.common.messaging.authorization import ACCOUNT, account_of, local_subject, user_names
from scribe.common.messaging.permissions import API, OPERATOR, Permissions, announcer_of, permissions
from scribe.common.messaging.seeds import SEED_BYTES, new_seed

Claims = Mapping[str, object]

SYSTEM = "SYS"
"""The account of the server's own events, without which it does not start JetStream for an operator."""
UNLIMITED = -1
THRESHOLD = 60_000_000_000
"""Nanoseconds for which the server remembers who asked for many answers, as in `authorization.MANY_ANSWERS`."""
HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}


@dataclass(frozen=True)
class Key:
    """A key pair of an operator, an account or a user."""

    seed: bytes

    @property
    def public(self) -> str:
        """`O…`, `A…` or `U…`."""
        return bytes(nkeys.from_seed(bytearray(self.seed)).public_key).decode()

    def sign(self, subject: str, name: str, claims: Claims) -> str:
        """A JWT about the holder of the key `subject`."""
        payload = {"iat": int(time.time()), "iss": self.public, "name": name, "sub": subject, "nats": claims}
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).digest()
        payload["jti"] = base64.b32encode(digest).decode().rstrip("=")
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in (HEADER, payload))
        return f"{signed}.{_encoded(bytes(nkeys.from_seed(bytearray(self.seed)).sign(signed.encode())))}"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def account_claims(name: str, accounts: Mapping[str, str]) -> Claims:
    """What an account may do; `accounts` are the public keys of all by the user's name."""
    granted = permissions()
    is_streams = name == OPERATOR
    storage = {"mem_storage": UNLIMITED, "disk_storage": UNLIMITED, "streams": UNLIMITED, "consumer": UNLIMITED}
    everything = ("subs", "data", "payload", "imports", "exports", "conn", "leaf")
    return {
        "exports": list(_services(granted) if is_streams else _announcements(granted[name])),
        "imports": [] if is_streams else list(_imports(granted[name], accounts)),
        "limits": {**dict.fromkeys(everything, UNLIMITED), "wildcards": True, **(storage if is_streams else {})},
        "default_permissions": {"pub": {}, "sub": {}},
        "type": "account",
        "version": 2,
    }


def _services(granted: Mapping[str, Permissions]) -> Iterator[Claims]:
    """Exports are open to every account of the operator: only the operator's key can make an account or an import."""
    for subject in dict.fromkeys(subject for allowed in granted.values() for subject in allowed.publish):
        many = {"response_type": "Stream", "response_threshold": THRESHOLD} if ".MSG.NEXT." in subject else {}
        yield {"name": subject, "subject": subject, "type": "service", **many}


def _announcements(own: Permissions) -> Iterator[Claims]:
    for subject in own.announce:
        yield {"name": subject, "subject": subject, "type": "stream"}


def _imports(own: Permissions, accounts: Mapping[str, str]) -> Iterator[Claims]:
    for subject in own.publish:
        local = {"local_subject": local_subject(subject)} if subject.startswith(API) else {}
        yield {"name": subject, "subject": subject, "account": accounts[OPERATOR], "type": "service", **local}
    for subject in own.subscribe:
        account = accounts[announcer_of(subject, permissions())]
        yield {"name": subject, "subject": subject, "account": account, "type": "stream"}


def credentials(user: Key, account: Key, name: str) -> str:
    """The content of a `.creds` file."""
    limits = dict.fromkeys(("subs", "data", "payload"), UNLIMITED)
    token = account.sign(user.public, name, {"pub": {}, "sub": {}, **limits, "type": "user", "version": 2})
    return (
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n"
    )


def write(folder: Path) -> None:
    """Write everything into `folder`; keys that are there are used again."""
    keys = folder / "keys"
    operator = _key(keys / "operator.nk", nkeys.PREFIX_BYTE_OPERATOR)
    names = (*user_names(), SYSTEM)
    accounts = {name: _key(keys / f"{_account(name)}.nk", nkeys.PREFIX_BYTE_ACCOUNT) for name in names}
    public = {name: account.public for name, account in accounts.items()}
    preloaded = []
    for name, account in accounts.items():
        system: Claims = {"limits": {"subs": UNLIMITED, "conn": UNLIMITED}, "type": "account", "version": 2}
        claims = system if name == SYSTEM else account_claims(name, public)
        token = operator.sign(account.public, _account(name), claims)
        _write(folder / "accounts" / f"{_account(name)}.jwt", token)
        preloaded.append(f"  {account.public}: {token}\n")
        user = _key(keys / f"{name.lower()}.nk", nkeys.PREFIX_BYTE_USER)
        _write(folder / f"{name.lower()}.creds", credentials(user, account, name))
    _write(folder / "resolver.conf", _resolver(operator, accounts[SYSTEM].public, "".join(preloaded)))


def _resolver(operator: Key, system_account: str, preloaded: str) -> str:
    claims: Claims = {"system_account": system_account, "type": "operator", "version": 2}
    return (
        f"operator: {operator.sign(operator.public, ACCOUNT, claims)}\nsystem_account: {system_account}\n"
        f"resolver: MEMORY\nresolver_preload: {{\n{preloaded}}}\n"
    )


def _account(name: str) -> str:
    return name if name == SYSTEM else account_of(name)


def _key(file: Path, prefix: int) -> Key:
    if not file.exists():
        _write(file, new_seed(os.urandom(SEED_BYTES), prefix).decode())
    return Key(file.read_bytes().strip())


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(0o600)
    file.write_text(content, "utf-8")


def _main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(f"usage: {arguments[0]} FOLDER", file=sys.stderr)  # noqa: T201
        return 2
    write(Path(arguments[1]))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv))
