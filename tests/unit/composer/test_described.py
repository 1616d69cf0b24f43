"""Every check is described where a reader looks for it."""

from pathlib import Path

import pytest

from scribe.composer.checks import check_names

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "writing.md"


@pytest.mark.parametrize("check", check_names())
def test_the_check_is_in_the_explanation(check: str) -> None:
    assert f"`{check}`" in PAGE.read_text("utf-8")
