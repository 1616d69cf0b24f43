"""The services' logins to PostgreSQL: they own nothing, and have what the roles of the migrations grant them."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

LOGINS = {
    "SCRIBE_DATABASE_URL": "scribe_gateway_login",
    "SCRIBE_USERS_DATABASE_URL": "scribe_user_login",
    "SCRIBE_COMPOSER_DATABASE_URL": "scribe_composer_login",
}
"""By the variables that the migrations read, which make the logins."""
SEEN_BY = {
    "gateway": ("SCRIBE_DATABASE_URL", "SCRIBE_USERS_DATABASE_URL"),
    "composer": ("SCRIBE_COMPOSER_DATABASE_URL",),
}


@dataclass(frozen=True)
class Logins:
    """One login for each purpose, with a password that is new each time."""

    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_urlsafe(18) for name in LOGINS})

    def for_setup(self, owner_url: str) -> dict[str, str]:
        """The variables of the migrations, with which they make the logins."""
        urls = {name: self._url(name, owner_url) for name in LOGINS}
        return {**urls, "SCRIBE_MIGRATIONS_DATABASE_URL": owner_url}

    def for_service(self, service: str, owner_url: str) -> dict[str, str]:
        """The variables with which a service connects to the database that `owner_url` names."""
        return {name: self._url(name, owner_url) for name in SEEN_BY.get(service, ())}

    def _url(self, name: str, owner_url: str) -> str:
        address = urlsplit(owner_url)
        host = address.netloc.rpartition("@")[2]
        return urlunsplit(address._replace(netloc=f"{LOGINS[name]}:{self.passwords[name]}@{host}"))
