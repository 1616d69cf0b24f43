"""The closing line of the trials, and what is short of its target."""

from dataclasses import replace

import pytest

from scribe.evaluation.trial_report import TrialScores

GOOD = TrialScores(pages=0.987, recall=0.951, forbidden=1, honest=1.0, falsehoods=0.917, cost=0.0312, seconds=2.94)


def test_the_closing_line_holds_every_score() -> None:
    line = "trials | pages 0.987 | recall 0.951 | forbidden 1 | honest 1.000 | falsehoods 0.917 | usd 0.0312 | s 2.9"
    assert str(GOOD) == line
    assert GOOD.short == []


def test_what_is_not_known_is_a_dash() -> None:
    assert str(replace(GOOD, seconds=None, cost=None)).endswith("| usd - | s -")
    assert replace(GOOD, seconds=None).short == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pages", 0.969),
        ("recall", 0.899),
        ("forbidden", 2),
        ("honest", 0.917),
        ("falsehoods", 0.875),
        ("confident", 1),
        ("cost", 0.0351),
        ("cost", None),
        ("seconds", 4.1),
        ("pages", None),
        ("forbidden", None),
    ],
)
def test_every_missed_target_is_short(name: str, value: float | None) -> None:
    shown = {"cost": "usd", "seconds": "s"}.get(name, name)
    assert replace(GOOD, **{name: value}).short == [shown]  # type: ignore[arg-type]


def test_without_results_nothing_is_known_and_every_target_is_missed() -> None:
    assert TrialScores.of([]).short == ["pages", "recall", "forbidden", "honest", "falsehoods", "usd"]
