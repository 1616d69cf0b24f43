"""The services' logins to PostgreSQL: they own nothing, and have what the roles of the migrations grant them."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

OWNER = "SCRIBE_MIGRATIONS_DATABASE_URL"
LOGINS = {
    "SCRIBE_DATABASE_URL": "scribe_gateway_login",
    "SCRIBE_USERS_DATABASE_URL": "scribe_user_login",
    "SCRIBE_COMPOSER_DATABASE_URL": "scribe_composer_login",
}
"""By the variables that the migrations read, which make the logins."""
SEEN_BY = {
    "setup": (OWNER, *LOGINS),
    "gateway": ("SCRIBE_DATABASE_URL", "SCRIBE_USERS_DATABASE_URL"),
    "composer": ("SCRIBE_COMPOSER_DATABASE_URL",),
    **dict.fromkeys(("parser", "scraper", "arxiv"), ()),
}
"""By the processes; those that use no database have an empty folder, for keys that are put there later."""


@dataclass(frozen=True)
class Logins:
    """One login for each purpose, with a password that is new each time."""

    folder: Path
    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_urlsafe(18) for name in LOGINS})

    def write(self, owner_url: str) -> None:
        """Write the URLs that each process sees into files of its own, named as the variables are."""
        for process, names in SEEN_BY.items():
            folder = self.folder_of(process)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in names:
                file = folder / name
                file.touch(0o600)
                file.write_text(owner_url if name == OWNER else self._url(name, owner_url), "utf-8")

    def folder_of(self, process: str) -> Path:
        """Where a process reads its secrets."""
        return self.folder / process

    def _url(self, name: str, owner_url: str) -> str:
        address = urlsplit(owner_url)
        host = address.netloc.rpartition("@")[2]
        return urlunsplit(address._replace(netloc=f"{LOGINS[name]}:{self.passwords[name]}@{host}"))
