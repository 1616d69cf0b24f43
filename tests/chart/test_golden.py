"""A change of a template shows what it changes in what is installed."""

import pytest

from tests.chart.golden import FOLDER, renders


@pytest.mark.parametrize("name", sorted(renders()))
def test_render_is_the_golden_one(name: str) -> None:
    assert renders()[name] == (FOLDER / name).read_text(), "look at it: python -m tests.chart.golden; git diff"
