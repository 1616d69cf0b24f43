"""nats-server's configuration, made from the declared permissions.

`python -m scribe.common.messaging.authorization [nkey|password]` prints it for production, with variables of the
server's environment in place of the credentials: `NATS_PARSER_NKEY`, or `NATS_PARSER_PASSWORD`.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scribe.common.messaging.permissions import (
    API,
    IMPORTED_API,
    OPERATOR,
    Permissions,
    announcer_of,
    permissions,
)
from scribe.common.tasks.route import ROUTE, Route

ACCOUNT = "SCRIBE"
"""The account that has the streams; KEDA asks for it by this name."""

MANY_ANSWERS = ', response_type: stream, threshold: "1m"'
"""A pull has many answers; every other request has one. The server forgets a pull after twice the time that it waits:
otherwise it would keep one entry a pull for as long as the connection is open (measured: 20,000 pulls, 38 MB)."""


@dataclass(frozen=True)
class Identity:
    """How a user proves who it is. `value` is a public nkey, a password, or a variable (`$NATS_PARSER_NKEY`)."""

    kind: Literal["nkey", "password"]
    value: str

    def user(self, name: str) -> str:
        """The user `name` in the syntax of nats-server's configuration."""
        return f"{{nkey: {self.value}}}" if self.kind == "nkey" else f"{{user: {name}, password: {self.value}}}"


def user_names(route: Route = ROUTE) -> tuple[str, ...]:
    """Everybody who connects: the services, the provisioning command, and people."""
    return (*permissions(route), OPERATOR)


def account_of(name: str) -> str:
    """The account of a service; the operator's is the one that has the streams."""
    return ACCOUNT if name == OPERATOR else f"{ACCOUNT}_{name.upper()}"


def authorization(identities: Mapping[str, Identity], route: Route = ROUTE) -> str:
    """The `accounts` block of a server's configuration: one identity for each of `user_names`."""
    granted = permissions(route)
    streams = _account(OPERATOR, identities[OPERATOR], _services(granted), (), "    jetstream: enabled\n")
    services = (
        _account(name, identities[name], _announcements(allowed, granted), _imports(allowed, granted))
        for name, allowed in granted.items()
    )
    return f"accounts {{\n{streams}{''.join(services)}}}\n"


def _account(name: str, identity: Identity, exports: Iterable[str], imports: Iterable[str], jetstream: str = "") -> str:
    users = f"    users: [{identity.user(name)}]\n"
    return f"  {account_of(name)} {{\n{jetstream}{users}{_list('exports', exports)}{_list('imports', imports)}  }}\n"


def _list(name: str, entries: Iterable[str]) -> str:
    joined = ",\n      ".join(entries)
    return f"    {name}: [\n      {joined}\n    ]\n" if joined else ""


def _services(granted: Mapping[str, Permissions]) -> Iterator[str]:
    for subject in dict.fromkeys(subject for allowed in granted.values() for subject in allowed.publish):
        accounts = _accounts(name for name, allowed in granted.items() if subject in allowed.publish)
        many = MANY_ANSWERS if ".MSG.NEXT." in subject else ""
        yield f"{{service: {_quoted(subject)}, accounts: {accounts}{many}}}"


def _announcements(own: Permissions, granted: Mapping[str, Permissions]) -> Iterator[str]:
    for subject in own.announce:
        accounts = _accounts(name for name, allowed in granted.items() if subject in allowed.subscribe)
        yield f"{{stream: {_quoted(subject)}, accounts: {accounts}}}"


def _accounts(names: Iterable[str]) -> str:
    return f"[{', '.join(account_of(name) for name in names)}]"


def _imports(own: Permissions, granted: Mapping[str, Permissions]) -> Iterator[str]:
    for subject in own.publish:
        local = f", to: {_quoted(local_subject(subject))}" if subject.startswith(API) else ""
        yield f"{{service: {{account: {ACCOUNT}, subject: {_quoted(subject)}}}{local}}}"
    for subject in own.subscribe:
        account = account_of(announcer_of(subject, granted))
        yield f"{{stream: {{account: {account}, subject: {_quoted(subject)}}}}}"


def local_subject(subject: str) -> str:
    """What a service calls a subject of the streams' account."""
    return IMPORTED_API + subject.removeprefix(API) if subject.startswith(f"{API}.") else subject


def _quoted(subject: str) -> str:
    return json.dumps(subject)


def _main(arguments: list[str]) -> int:
    kind: Literal["nkey", "password"] = "password" if arguments[1:] == ["password"] else "nkey"
    if arguments[1:] not in ([], ["nkey"], ["password"]):
        print(f"usage: {arguments[0]} [nkey|password]", file=sys.stderr)  # noqa: T201
        return 2
    variables = {name: Identity(kind, f"$NATS_{name.upper()}_{kind.upper()}") for name in user_names()}
    print(authorization(variables), end="")  # noqa: T201 - the command's answer
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv))
