"""What a model is sent changes only where a change says so: no upgrade of a library changes a prompt unseen."""

from tests.unit.models.golden import FOLDER, requests


async def test_requests_are_as_they_were_reviewed() -> None:
    kept = {file.name: file.read_text() for file in FOLDER.iterdir()}
    assert await requests() == kept, "review the difference, then: .venv/bin/python -m tests.unit.models.golden"
