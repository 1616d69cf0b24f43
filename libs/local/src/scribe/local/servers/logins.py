"""The services' logins to PostgreSQL: they own nothing, and have what the roles of the migrations grant them."""

import secrets
from collections.abc import Mapping
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
SEEN_BY: Mapping[str, tuple[str, ...]] = {
    "gateway": ("SCRIBE_DATABASE_URL", "SCRIBE_USERS_DATABASE_URL"),
    "composer": ("SCRIBE_COMPOSER_DATABASE_URL",),
}
SETUP, OTHERS = "setup", ("parser", "scraper", "arxiv")


@dataclass(frozen=True)
class Logins:
    """One login for each purpose, with a password that is new each time; and a folder of secrets for each process."""

    folder: Path
    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_urlsafe(18) for name in LOGINS})

    def write(self, owner_url: str) -> None:
        """Make the folders. The setup's has all URLs; those of the services are for secrets that are changed later,
        and lose the URLs of an earlier run.
        """
        for process in (SETUP, *SEEN_BY, *OTHERS):
            self.folder_of(process).mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in LOGINS:
                (self.folder_of(process) / name).unlink(missing_ok=True)
        for name in (OWNER, *LOGINS):
            file = self.folder_of(SETUP) / name
            file.touch(0o600)
            file.write_text(owner_url if name == OWNER else self._url(name, owner_url), "utf-8")

    def variables(self, process: str, owner_url: str) -> dict[str, str]:
        """What a process is started with."""
        urls = {name: self._url(name, owner_url) for name in SEEN_BY.get(process, ())}
        return {**urls, "SCRIBE_SECRETS_DIR": str(self.folder_of(process))}

    def folder_of(self, process: str) -> Path:
        """Where a process reads its secrets; its files go before the variables."""
        return self.folder / process

    def _url(self, name: str, owner_url: str) -> str:
        address = urlsplit(owner_url)
        host = address.netloc.rpartition("@")[2]
        return urlunsplit(address._replace(netloc=f"{LOGINS[name]}:{self.passwords[name]}@{host}"))
