"""Queries are loaded by name; which errors mean that PostgreSQL is away is decided by SQLSTATE."""

import sys
from pathlib import Path

import asyncpg
import pytest

from scribe.common.errors import ConfigurationError, UnavailableError
from scribe.common.process.database import POSTGRES_UNAVAILABLE, as_unavailable, load_queries, open_pool
from scribe.common.process.settings import DatabaseSettings


def test_queries_are_loaded_by_the_name_above_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "some_queries"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "users.sql").write_text(
        "-- name: find\n-- One user.\nSELECT 1;\n\n-- name: count\nSELECT count(*) FROM users\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    queries = load_queries("some_queries")
    sys.modules.pop("some_queries", None)
    assert dict(queries) == {"find": "-- One user.\nSELECT 1;", "count": "SELECT count(*) FROM users"}


ERRORS = {
    error.sqlstate: error
    for error in vars(asyncpg.exceptions).values()
    if isinstance(error, type) and issubclass(error, asyncpg.PostgresError) and error.sqlstate
    if error is not asyncpg.InvalidCachedStatementError  # asyncpg's own name for one case of 0A000
}


@pytest.mark.parametrize("sqlstate", sorted(ERRORS))
def test_the_sqlstate_says_whether_the_server_is_unavailable(sqlstate: str) -> None:
    is_unavailable = sqlstate[:2] in {"08", "28", "53", "55", "57", "58"} or sqlstate == "25006"
    assert issubclass(ERRORS[sqlstate], POSTGRES_UNAVAILABLE) == is_unavailable


@pytest.mark.parametrize("error", [asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError])
def test_a_connection_that_dies_means_that_the_server_is_unavailable(error: type[Exception]) -> None:
    with pytest.raises(UnavailableError), as_unavailable():
        raise error("connection was closed in the middle of operation")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://u:p@localhost/db",
        "localhost:5432",
        "postgresql://localhost:port/db",
        "mysql://localhost/db",
    ],
)
async def test_a_malformed_url_is_refused_at_the_start_with_a_sentence(url: str) -> None:
    with pytest.raises(ConfigurationError, match="SCRIBE_DATABASE_URL is no PostgreSQL URL"):
        async with open_pool(DatabaseSettings(database_url=url), "tests"):
            pass
