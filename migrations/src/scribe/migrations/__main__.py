"""`python -m scribe.migrations upgrade [REVISION]`, `downgrade REVISION`, `current`, `wait`.

Migrations want a direct connection: `SCRIBE_MIGRATIONS_DATABASE_URL`, else `SCRIBE_DATABASE_URL`. After an upgrade the
logins of the services' URLs are made.
"""

from scribe.common.process.signals import exit_on_signals

if __name__ == "__main__":
    # Before the imports below, which take a second; and at once also later, so that PostgreSQL takes back what is
    # unfinished: a quiet end would let go of the lock and finish it
    exit_on_signals(143)

import argparse
import sys

from pydantic import AliasChoices, Field, SecretStr

from scribe.common.settings import Settings, load
from scribe.migrations.commands import MigrationError, current, downgrade, upgrade, wait
from scribe.migrations.logins import create_logins


class MigrationSettings(Settings):
    """What the migration command reads."""

    migrations_database_url: SecretStr = Field(
        description="PostgreSQL URL of the schema's owner: a direct connection, not of a transaction pooler.",
        validation_alias=AliasChoices(
            "SCRIBE_MIGRATIONS_DATABASE_URL",
            "SCRIBE_DATABASE_URL",
            "DATABASE_URL",
            "SCRIBE_COMPOSER_DATABASE_URL",  # `wait` beside the composer
        ),
    )
    database_url: SecretStr | None = Field(None, description="The gateway's; its login gets the role `scribe_gateway`.")
    users_database_url: SecretStr | None = Field(
        None, description="The gateway's for requests of users; its login gets the role `scribe_user`."
    )
    composer_database_url: SecretStr | None = Field(
        None, description="The composer's; its login gets the role `scribe_composer`."
    )

    @property
    def login_urls(self) -> dict[str, str]:
        """The URLs of the services, by the roles of their logins."""
        urls = {
            "scribe_gateway": self.database_url,
            "scribe_user": self.users_database_url,
            "scribe_composer": self.composer_database_url,
        }
        return {role: url.get_secret_value() for role, url in urls.items() if url is not None}


def main(arguments: list[str]) -> int:
    """Run one command; 0 when it worked, 1 with a sentence when it did not."""
    parser = argparse.ArgumentParser(prog="python -m scribe.migrations")
    parser.add_argument("command", choices=["upgrade", "downgrade", "current", "wait"])
    parser.add_argument("revision", nargs="?", default=None)
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds that `wait` and a lock may take")
    options = parser.parse_args(arguments)
    settings = load(MigrationSettings)
    url = settings.migrations_database_url.get_secret_value()
    try:
        match options.command:
            case "upgrade":
                upgrade(url, options.revision or "head", timeout=options.timeout)
                if options.revision is None:
                    create_logins(url, settings.login_urls)
            case "downgrade":
                downgrade(url, options.revision or "-1", timeout=options.timeout)
            case "wait":
                wait(url, timeout=options.timeout)
        print(current(url) or "no revision")  # noqa: T201 - the command's answer
    except MigrationError as error:
        print(f"migrations: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
