"""The trials: recorded answers reach every target, and anybody can answer requests through files."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from scribe.evaluation.__main__ import main
from scribe.evaluation.answering.recordings import Recordings
from scribe.evaluation.run_trials import Choice, run_trials
from scribe.evaluation.trial import SHIPPED, load_trials
from scribe.evaluation.trial_report import TrialScores

RENEW = "a prompt, a schema or a page has changed; see docs/howto/evaluate.md for how to renew the recordings"


@pytest.mark.skipif(not Recordings(), reason="no answers are recorded")
async def test_recorded_answers_reach_every_target_and_code_loses_none_of_their_facts() -> None:
    results, log = await run_trials(load_trials(), Choice(), Recordings())
    assert not log.missing, f"{RENEW}: {', '.join(str(label) for label, _ in log.missing.values())}"
    scores = TrialScores.of(results)
    assert scores.short == [], str(scores)
    assert scores.recall == 1.0, "the recorded reader has selected each expected fact"


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    """A folder with one trial."""
    shutil.copytree(SHIPPED / "06", tmp_path / "trials" / "06")
    return tmp_path / "trials"


def evaluate(trials: Path, *options: str) -> Result:
    """`make eval` of these trials alone."""
    app = Typer()
    app.command()(main)
    return CliRunner().invoke(app, ["--part", "trials", "--trials", str(trials), *options])


def answer(requests: Path) -> int:
    """Answer every request without looking at it; gives how many there were."""
    verdicts = [
        {"number": number, "reason": "", "verdict": "nothing", "ids": [], "what": ""} for number in range(1, 40)
    ]
    answers = {"reader": {"pages": [], "facts": []}, "checker": {"verdicts": verdicts}}
    found = list(requests.glob("*.request.md"))
    for path in found:
        role = path.name.partition("-")[0]
        path.with_name(path.name.replace(".request.md", ".answer.json")).write_text(json.dumps(answers[role]))
    return len(found)


def answer_all(trials: Path, requests: Path) -> Result:
    """Answer until nothing is missing; a reader whose answer is of no use is asked once more."""
    for _ in range(4):
        done = evaluate(trials, "--model", f"files:{requests}", "--keep", "a test")
        if "answers are missing" not in done.output:
            return done
        assert done.exit_code == 1
        answer(requests)
    raise AssertionError(done.output)


def test_requests_are_written_answered_recorded_and_replayed_until_they_change(trials: Path, tmp_path: Path) -> None:
    done = evaluate(trials, "--model", f"files:{tmp_path / 'requests'}")
    assert "3 answers are missing" in done.output
    assert done.exit_code == 1
    kept = answer_all(trials, tmp_path / "requests")
    assert "falsehoods 0.000" in kept.output

    replayed = evaluate(trials)
    assert replayed.exit_code == 1
    assert "by a test" in replayed.output
    assert closing_line(replayed) == closing_line(kept)
    assert re.fullmatch(
        r"trials \| pages [\d.]+ \| recall 0\.000 \| forbidden 0 \| honest 1\.000 \| falsehoods [\d.]+ "
        r"\| usd 0\.\d{4} \| s -",
        closing_line(replayed),
    )

    case = trials / "06" / "case.json"
    case.write_text(case.read_text().replace("choanoflagellates and the origin", "sponges and the origin"))
    changed = evaluate(trials)
    assert "requests have no recorded answer" in changed.output
    assert "Stale" in changed.output
    assert all(path.name in changed.output for path in (trials / "recorded").glob("checker-*.json"))


def test_stand_ins_answer_where_nothing_is_recorded_and_are_never_recorded(trials: Path) -> None:
    done = evaluate(trials)
    assert "the stand-in" in done.output
    assert closing_line(done).startswith("trials | pages ")
    refused = evaluate(trials, "--model", "stand-in", "--keep", "nobody")
    assert refused.exit_code == 1
    assert not (trials / "recorded").exists()


def closing_line(done: Result) -> str:
    """The last line."""
    return str(done.output.strip().splitlines()[-1])
