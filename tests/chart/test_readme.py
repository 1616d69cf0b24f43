"""The charts' READMEs say what the values say, every value is described, and the guide's values can be installed."""

import re
import subprocess
import sys

import pytest
import yaml

from tests.chart.rendering import ROOT, SCRIBE, SCRIBE_DEV, problems, render

GUIDE = (ROOT / "docs/howto/deploy.md").read_text("utf-8")
GIVEN = re.findall(r"^```yaml\n(# values\.yaml.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


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


@pytest.mark.parametrize("values", GIVEN, ids=["real keys", "production"])
def test_values_of_the_guide_can_be_installed(values: str) -> None:
    assert [problem for item in render(yaml.safe_load(values)).objects for problem in problems(item)] == []
