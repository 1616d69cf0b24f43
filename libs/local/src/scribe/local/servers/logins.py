"""The services' logins to PostgreSQL: they own nothing, and have what the roles of the migrations grant them."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import asyncpg

ROLES = {"gateway": "scribe_gateway", "composer": "scribe_composer"}
"""The role of each service that uses the database."""


@dataclass(frozen=True)
class Logins:
    """One login a service, `<role>_login`, with a password that is new each time."""

    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_urlsafe(18) for name in ROLES})

    def url_of(self, service: str, owner_url: str) -> str:
        """With which a service connects to the database that `owner_url` names."""
        address = urlsplit(owner_url)
        host = address.netloc.rpartition("@")[2]
        netloc = f"{ROLES[service]}_login:{self.passwords[service]}@{host}"
        return urlunsplit(address._replace(netloc=netloc))

    async def create(self, owner_url: str) -> None:
        """Make the logins, or give them their new passwords; the roles are there once the schema is."""
        connection = await asyncpg.connect(owner_url, statement_cache_size=0)
        try:
            for service, role in ROLES.items():
                login = f"{role}_login"
                known = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", login)
                if not known:
                    await connection.execute(f"CREATE ROLE {login} LOGIN IN ROLE {role}")
                # The password is of letters, digits, `-` and `_`.
                await connection.execute(f"ALTER ROLE {login} PASSWORD '{self.passwords[service]}'")
        finally:
            await connection.close()
