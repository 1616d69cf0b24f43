"""The services' logins: each is named by the URL with which its service connects, and made by the owner of the schema.

| URL                            | role              | sees                                                          |
|--------------------------------|-------------------|---------------------------------------------------------------|
| `SCRIBE_DATABASE_URL`          | `scribe_gateway`  | all rows, no structure: the gateway's loops and its admins    |
| `SCRIBE_USERS_DATABASE_URL`    | `scribe_user`     | the rows of a user whom the gateway has signed: its requests  |
| `SCRIBE_COMPOSER_DATABASE_URL` | `scribe_composer` | what a task needs                                             |
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import asyncpg

from scribe.migrations.commands import MigrationError, connected

ITERATIONS = 4096
"""PostgreSQL's own `scram_iterations`."""


def create_logins(owner_url: str, urls: Mapping[str, str]) -> None:
    """Make the login of each URL, by the role that it is to have, or give it the URL's password.

    A URL with the owner's own login is left alone: such a service works as the owner.

    Raises:
        MigrationError: the owner may not make logins, or a URL has no password.
    """
    owner = _login_of(owner_url)[0]
    wanted = {role: _login_of(url) for role, url in urls.items()}
    asyncio.run(_create(owner_url, {role: login for role, login in wanted.items() if login[0] != owner}))


def _login_of(url: str) -> tuple[str, str]:
    """User and password; of a user `role.tenant`, as Supabase's pooler wants it, the role."""
    address = urlsplit(url)
    return unquote(address.username or "").partition(".")[0], unquote(address.password or "")


async def _create(owner_url: str, logins: Mapping[str, tuple[str, str]]) -> None:
    async with connected(owner_url) as connection:
        for role, (name, password) in logins.items():
            try:
                await _create_login(connection, role, name, password)
            except asyncpg.InsufficientPrivilegeError as error:
                if await _is_member(connection, name, role):
                    continue  # an administrator has made it, and sees to its password
                raise MigrationError(
                    f"the schema's owner may not make the login {name}; let an administrator run:"
                    f" CREATE ROLE {name} LOGIN PASSWORD '…' IN ROLE {role}"
                ) from error


async def _create_login(connection: asyncpg.Connection, role: str, name: str, password: str) -> None:
    if await _is_member(connection, name, role) and not password:
        return  # it proves itself by other means, such as a certificate
    quoted: str = await connection.fetchval("SELECT quote_ident($1)", name)
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {quoted} LOGIN")
    if not await _is_member(connection, name, role):
        await connection.execute(f"GRANT {role} TO {quoted}")
    if password:
        await connection.execute(f"ALTER ROLE {quoted} LOGIN PASSWORD '{scram_verifier(password)}'")


async def _is_member(connection: asyncpg.Connection, name: str, role: str) -> bool:
    return bool(
        await connection.fetchval(
            "SELECT true FROM pg_auth_members WHERE roleid = $2::text::regrole"
            " AND member = (SELECT oid FROM pg_roles WHERE rolname = $1)",
            name,
            role,
        )
    )


def scram_verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), so that no statement, and no log of one, holds the password.

    Raises:
        MigrationError: the password has other characters than ASCII's, which would have to be normalised.
    """
    if not password.isascii():
        raise MigrationError("a login's password has characters outside ASCII; choose another")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client_key, server_key = (hmac.digest(salted, part, "sha256") for part in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client_key).digest()
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server_key))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt64}${stored64}:{server64}"
