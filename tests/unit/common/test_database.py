"""Queries are kept in `.sql` files and loaded by name."""

import sys
from pathlib import Path

import pytest

from scribe.common.process.database import load_queries


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
