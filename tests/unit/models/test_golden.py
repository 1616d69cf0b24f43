"""What a model is sent changes only where a change says so: no upgrade of a library changes a prompt unseen."""

from pathlib import Path

from tests.unit.models.golden import FOLDER, PROMPTS, requests

ROOT = Path(__file__).parents[3]


async def test_requests_are_as_they_were_reviewed() -> None:
    kept = {file.name: file.read_text() for file in FOLDER.iterdir()}
    assert await requests() == kept, "review the difference, then: .venv/bin/python -m tests.unit.models.golden"


def test_every_prompt_has_its_golden_request() -> None:
    prompts = {path.stem for path in ROOT.glob("services/*/src/**/prompts/*.md")}
    assert prompts == set(PROMPTS), "add its request to tests/unit/models/golden.py"
