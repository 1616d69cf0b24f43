"""The charts' READMEs say what the values say, and every value is described."""

import subprocess
import sys

import pytest
import yaml

from tests.chart.rendering import ROOT, SCRIBE, SCRIBE_DEV


def test_readmes_are_current() -> None:
    command = [sys.executable, str(ROOT / "deploy/helm/readme.py"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("chart", [SCRIBE, SCRIBE_DEV], ids=["scribe", "scribe-dev"])
def test_every_top_level_value_is_described(chart: object) -> None:
    folder = SCRIBE if chart == SCRIBE else SCRIBE_DEV
    readme = (folder / "README.md").read_text()
    for name in yaml.safe_load((folder / "values.yaml").read_text()):
        assert f"| `{name}" in readme, f"{name} has no line in {folder.name}/README.md"
