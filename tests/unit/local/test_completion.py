"""Completion of the command line in a shell."""

import pytest
from typer.testing import CliRunner

from scribe.local.cli import app


@pytest.mark.parametrize(
    ("written", "completed"),
    [("scribe ba", "batch"), ("scribe deadletters rep", "replay"), ("scribe batch --o", "--out")],
)
def test_commands_and_options_are_completed(written: str, completed: str) -> None:
    words = {"COMP_WORDS": written, "COMP_CWORD": str(written.count(" ")), "_SCRIBE_COMPLETE": "complete_bash"}
    done = CliRunner().invoke(app, prog_name="scribe", env=words)
    assert completed in done.output.split()
