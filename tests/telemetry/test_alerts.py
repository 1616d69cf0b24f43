"""Alerts fire when they should and stay silent when they should not: promtool evaluates the shipped rule files."""

import subprocess
from pathlib import Path

import pytest
import yaml

from scribe.dashboards.__main__ import ALERTS, RULE_FILES
from scribe.dashboards.rules import Alert
from tests.support.deadlines import stretched
from tests.support.requirements import require_program

ROOT = Path(__file__).parents[2]
EVALUATED = {"1m": "1m", "10m": "4m"}
"""How often rules are evaluated, by the interval of a case's samples: a recorded value is seen for five minutes."""
CASES = yaml.safe_load((Path(__file__).parent / "alert_cases.yaml").read_text("utf-8"))
NAMES = sorted(
    {rule.name for groups in RULE_FILES.values() for g in groups for rule in g.rules if isinstance(rule, Alert)}
)


def unit_test(case: dict[str, object], series: object, *, fires: bool) -> dict[str, object]:
    """One of promtool's unit tests: whether the case's alert is firing."""
    assert isinstance(series, dict)
    expected = [{"labels": "{}", "value": 1}] if fires else []
    expression = f'count(count(ALERTS{{alertname="{case["alert"]}", alertstate="firing"}}) > 0)'
    return {
        "interval": case.get("interval", "1m"),
        "name": f"{case['alert']} {'fires' if fires else 'is silent'}",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": expression, "eval_time": case["at"], "exp_samples": expected}],
    }


def run(tests: list[dict[str, object]], folder: Path) -> str:
    """What promtool says about the tests; empty when all of them pass."""
    promtool = require_program("promtool")
    rules = [str(ROOT / ALERTS / name) for name in RULE_FILES]
    files = []
    for interval in {test["interval"] for test in tests}:
        chosen = [test for test in tests if test["interval"] == interval]
        files.append(folder / f"{interval}.yaml")
        content = {"rule_files": rules, "evaluation_interval": EVALUATED[str(interval)], "tests": chosen}
        files[-1].write_text(yaml.safe_dump(content))
    done = subprocess.run(
        [promtool, "test", "rules", *map(str, files)], capture_output=True, text=True, timeout=stretched(60)
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_alert_fires_on_what_it_is_for(tmp_path: Path) -> None:
    assert run([unit_test(case, case["fires"], fires=True) for case in CASES], tmp_path) == ""


def test_every_alert_is_silent_on_what_only_looks_like_it(tmp_path: Path) -> None:
    assert run([unit_test(case, case["calm"], fires=False) for case in CASES], tmp_path) == ""


def test_every_alert_has_a_case() -> None:
    assert sorted({case["alert"] for case in CASES}) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_a_runbook_that_says_what_to_look_at_and_do(name: str) -> None:
    page = (ROOT / "docs/runbooks" / f"{name}.md").read_text("utf-8")
    assert page.startswith(f"# {name}\n")
    for heading in ("## What it means", "## Look at", "## Do"):
        assert heading in page


def test_every_runbook_belongs_to_an_alert() -> None:
    pages = {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")} - {"README"}
    assert sorted(pages) == NAMES
