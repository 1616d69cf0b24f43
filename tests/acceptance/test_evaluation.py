"""The whole evaluation with the stand-ins: nothing ungrounded, nothing leaked, every e-mail written."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support.deadlines import stretched


def test_with_stand_ins_nothing_is_ungrounded_and_nothing_leaks(tmp_path: Path) -> None:
    out = tmp_path / "eval.json"
    command = [sys.executable, "-m", "scribe.evaluation", "--part", "cases", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=stretched(110))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "ungrounded 0 | leaked 0" in done.stdout
    records = json.loads(out.read_text())["cases"]
    assert len(records) >= 30
    assert {record["case"]: record["wrong"] for record in records if record["wrong"]} == {}


def test_a_model_without_its_key_is_one_sentence() -> None:
    command = [sys.executable, "-m", "scribe.evaluation", "--model", "fireworks:x", "--only", "general"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=stretched(60), env={"PATH": "/usr/bin"})
    assert done.returncode == 1
    assert done.stderr.strip().endswith("set FIREWORKS_API_KEY")
    assert "Traceback" not in done.stderr
