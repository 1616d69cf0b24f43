"""Apply, undo and await revisions; an advisory lock lets two commands at once take turns.

A statement that waits for a table makes everybody wait who comes after it, so no revision waits for longer than
`TABLE_PATIENCE`: it is undone, and tried again a little later.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

LOCK = 7_265_118_902
"""The key of the advisory lock; any constant that nothing else in the database uses."""
TABLE_PATIENCE = 2.0
TABLE_PAUSE = 1.0
TABLE_IN_USE = "55P03"
"""PostgreSQL's code for a lock that was not had in time."""


class MigrationError(Exception):
    """A command could not do its work; the text says why."""


def upgrade(url: str, revision: str = "head", *, timeout: float = 300.0) -> None:
    """Apply every revision up to `revision`; where a newer release has been at work, nothing: its schema serves too."""

    def apply(config: Config) -> None:
        if _is_known(current(url)):
            command.upgrade(config, revision)

    _locked(url, timeout, apply)


def downgrade(url: str, revision: str, *, timeout: float = 300.0) -> None:
    """Undo every revision after `revision`."""
    _locked(url, timeout, lambda config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """The revision that the database is at, None for an empty one."""
    return asyncio.run(_current(url))


def head() -> str | None:
    """The newest revision in this package."""
    return ScriptDirectory.from_config(_config("")).get_current_head()


def wait(url: str, *, timeout: float = 300.0) -> None:
    """Return when the database is at the newest revision, or at one that this package does not know yet.

    Raises:
        MigrationError: it is not, after `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while True:
        try:
            found = current(url)
        except MigrationError:
            found = None
        if found is not None and (found == head() or not _is_known(found)):
            return
        if time.monotonic() > end:
            raise MigrationError(f"the database is at {found or 'no revision'}, not at {head()}; run `upgrade`")
        time.sleep(1.0)


def _is_known(revision: str | None) -> bool:
    known = {script.revision for script in ScriptDirectory.from_config(_config("")).walk_revisions()}
    return revision is None or revision in known


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("scribe.migrations")))
    config.attributes["url"] = _sqlalchemy_url(url)
    config.attributes["lock_timeout"] = f"{TABLE_PATIENCE:g}s"
    return config


def _sqlalchemy_url(url: str) -> str:
    _scheme, _separator, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}"


async def _current(url: str) -> str | None:
    async with connected(url) as connection:
        try:
            value: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        except asyncpg.UndefinedTableError:
            return None
        return value


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of its own.

    Raises:
        MigrationError: the database does not answer.
    """
    try:
        connection = await asyncpg.connect(url, timeout=10, statement_cache_size=0)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        raise MigrationError(f"the database does not answer ({type(error).__name__})") from error
    try:
        yield connection
    finally:
        await connection.close()


def _locked(url: str, timeout: float, migrate: Callable[[Config], None]) -> None:
    asyncio.run(_hold_lock(url, timeout, migrate))


async def _hold_lock(url: str, timeout: float, migrate: Callable[[Config], None]) -> None:
    end = time.monotonic() + timeout
    async with _lock(url, timeout):
        while not await asyncio.to_thread(_migrated, url, migrate):
            if time.monotonic() > end:
                raise MigrationError(f"a table has been in use for {timeout:g} s; look for long transactions")
            await asyncio.sleep(TABLE_PAUSE)


def _migrated(url: str, migrate: Callable[[Config], None]) -> bool:
    """Whether it is done; not where a table was in use. What had been applied until then stays."""
    try:
        migrate(_config(url))
    except CommandError as error:
        raise MigrationError(str(error)) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == TABLE_IN_USE:
            return False
        raise MigrationError(f"PostgreSQL refused a revision: {error.orig}") from error
    return True


@asynccontextmanager
async def _lock(url: str, timeout: float) -> AsyncIterator[None]:
    async with connected(url) as connection:
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", LOCK, timeout=timeout)
        except TimeoutError as error:
            raise MigrationError(f"another migration has been running for {timeout:g} s") from error
        yield
