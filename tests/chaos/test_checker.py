"""The checker notices what it is there for: a run that went well, and then each promise broken on purpose."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos.cell import Cell
from tests.chaos.cells.processes import nothing
from tests.chaos.checker import Allowance, Findings, Item, judge
from tests.chaos.row import row_of
from tests.chaos.soak import Series
from tests.chaos.traces import Traces

GOOD = Findings(
    accepted=("a", "b", "c", "d"),
    items={
        "a": Item("a", "completed", email_id="1"),
        "b": Item("b", "completed", email_id="2"),
        "c": Item("c", "failed", "The model refused this template."),
        "d": Item("d", "failed", "Cancelled by you.", is_cancelled=True),
    },
    emails={"1": "a", "2": "b"},
    counts=[(2, 2)],
    dead_letters={"c"},
    answered={"POST one": 1, "POST two": 1},
)


def with_item(status: str, error: str | None = None, email_id: str = "1") -> Callable[[Findings], Findings]:
    """The first item otherwise."""
    return lambda found: replace(found, items={**found.items, "a": Item("a", status, error, email_id)})


BROKEN: dict[str, Callable[[Findings], Findings]] = {
    "1 lost": lambda found: replace(found, items={k: v for k, v in found.items.items() if k != "a"}),
    "1 stuck": with_item("processing"),
    "1 duplicated": lambda found: replace(found, emails={**found.emails, "3": "b"}, counts=[(3, 3)]),
    "1 completed without an e-mail": lambda found: replace(found, emails={"2": "b"}, counts=[(1, 1)]),
    "1 completed with another's e-mail": with_item("completed", email_id="2"),
    "1 failed with an e-mail": with_item("failed", error="Sorry."),
    "1 failed without a sentence": lambda found: replace(
        found, items={**found.items, "c": replace(found.items["c"], error=" ")}
    ),
    "1 completed with a dead letter of their own": lambda found: replace(found, dead_letters={"a", "c"}),
    "a user's count is 3, there are 2 e-mails": lambda found: replace(found, counts=[(3, 2)]),
    "a paid call (POST) was repeated 2 times, allowed 1": lambda found: replace(found, answered={"POST one": 3}),
}


def test_a_run_that_went_well_has_no_breach() -> None:
    verdict = judge(GOOD)
    assert verdict.breaches(Allowance(fails=None)) == ()
    assert (verdict.completed, verdict.failed, verdict.cancelled) == (2, 1, 1)


@pytest.mark.parametrize("breach", BROKEN)
def test_each_broken_promise_is_named(breach: str) -> None:
    assert breach in judge(BROKEN[breach](GOOD)).breaches(Allowance(fails=None, per_call=1))


def test_a_failure_is_a_breach_where_nothing_may_fail() -> None:
    assert judge(GOOD).breaches() == ("1 failed (1 x The model refused this template.)",)


def test_what_its_user_has_deleted_is_not_lost() -> None:
    gone = replace(BROKEN["1 lost"](GOOD), deleted={"a"}, emails={"2": "b"}, counts=[(1, 1)])
    assert judge(gone).breaches(Allowance(fails=None)) == ()


def test_paid_calls_are_not_repeated_more_often_than_were_under_way() -> None:
    twice = replace(GOOD, answered={"POST one": 2, "POST two": 2})
    assert judge(twice).breaches(Allowance(fails=1, per_call=1, in_all=2)) == ()
    assert judge(twice).breaches(Allowance(fails=1, per_call=1, in_all=1)) == (
        "2 paid calls (POST) were repeated, allowed 1",
    )


def test_a_fault_that_left_no_trace_is_a_breach() -> None:
    assert row_of(Cell("quiet", nothing), judge(replace(GOOD, items={})), Traces(), (), {}).breaches[-1:] == (
        "nothing shows that the fault happened",
    )


def test_a_soak_tells_growth_from_a_level() -> None:
    flat = Series("parser", "process_open_fds", [40, 60, 50, 50, 52, 55, 51, 58, 54])
    busy_later = replace(flat, values=[40, 60, 50, 50, 52, 55, 51, 95, 94])
    growing = replace(flat, values=[40, 45, 50, 55, 60, 65, 70, 75, 80])
    assert not flat.grows
    assert not busy_later.grows
    assert growing.grows
