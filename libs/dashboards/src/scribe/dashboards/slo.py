"""The two objectives, over 30 days, and alerts on how fast their error budget is spent.

| objective | good                                                    | of                          | target |
|-----------|---------------------------------------------------------|-----------------------------|--------|
| tasks     | completed within 60 s of the task's turn                | tasks completed or failed   | 95 %   |
| requests  | answered with a status below 500                        | all requests                | 99.9 % |

A fast burn spends 2 % of the budget in an hour or 5 % in six, and pages; a slow one spends 10 % in one or three days,
and is a ticket. Each holds over a long window, and over a short one, so that the alert ends soon after its cause
(Google's SRE workbook, chapter 5). A task's turn comes when the relay publishes it: time spent waiting behind others
is the subject of another alert.
"""

from dataclasses import dataclass

from scribe.dashboards.rules import Alert, Condition, Group, Recording

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


@dataclass(frozen=True)
class Objective:
    """`bad` and `all_of_them` are rates over a window that is written as `%s`."""

    name: str
    target: float
    bad: str
    all_of_them: str
    least: int
    what: str

    def ratio(self, window: str) -> str:
        """The name of the recorded share of bad ones."""
        return f"scribe:{self.name}_bad:ratio_rate{window}"

    def limit(self, burn: float) -> float:
        """The share of bad ones at which the budget is spent `burn` times too fast."""
        return burn * (1 - self.target)


TASKS = Objective(
    name="tasks",
    target=0.95,
    bad=(
        'sum by (namespace) (rate(scribe_task_duration_seconds_count{outcome=~"completed|failed"}[%s]))'
        ' - sum by (namespace) (rate(scribe_task_duration_seconds_bucket{outcome="completed", le="60.0"}[%s]))'
    ),
    all_of_them='sum by (namespace) (rate(scribe_task_duration_seconds_count{outcome=~"completed|failed"}[%s]))',
    least=10,
    what="tasks fail or take longer than 60 s from their turn",
)
REQUESTS = Objective(
    name="requests",
    target=0.999,
    bad='sum by (namespace) (rate(scribe_http_requests_total{status=~"5.."}[%s]))',
    all_of_them="sum by (namespace) (rate(scribe_http_requests_total[%s]))",
    least=100,
    what="requests are answered with a server error",
)
OBJECTIVES = (TASKS, REQUESTS)


def recordings(objective: Objective) -> Group:
    """The share of bad ones over every window."""
    rules = tuple(
        Recording(
            objective.ratio(window),
            f"({objective.bad.replace('%s', window)}) / ({objective.all_of_them.replace('%s', window)})",
        )
        for window in WINDOWS
    )
    return Group(f"scribe-slo-{objective.name}", rules)


def burn_alerts(objective: Objective) -> tuple[Alert, ...]:
    """Two that page and two that file a ticket, under two names."""
    name = objective.name.removesuffix("s").capitalize()
    return (
        _burns(objective, f"Scribe{name}BudgetBurnsFast", 14.4, "1h", "5m"),
        _burns(objective, f"Scribe{name}BudgetBurnsFast", 6, "6h", "30m"),
        _burns(objective, f"Scribe{name}BudgetBurnsSlow", 3, "1d", "2h"),
        _burns(objective, f"Scribe{name}BudgetBurnsSlow", 1, "3d", "6h"),
    )


def _burns(objective: Objective, name: str, burn: float, long: str, short: str) -> Alert:
    limit = objective.limit(burn)
    fast = name.endswith("Fast")
    seen = objective.all_of_them.replace("rate(", "increase(").replace("%s", long)
    return Alert(
        name=name,
        conditions=(
            Condition(objective.ratio(long), ">", limit),
            Condition(objective.ratio(short), ">", limit),
            Condition(seen, ">=", objective.least),
        ),
        window=long,
        lasting="2m" if fast else "15m",
        severity="page" if fast else "ticket",
        summary=f"Too many {objective.what}",
        description=(
            f"Over {long} and over {short}, more than {limit:.2%} of all {objective.what}: the error budget of 30 days"
            f" ({1 - objective.target:.1%}) is spent {burn:g} times too fast."
        ),
    )


GROUPS = (*(recordings(o) for o in OBJECTIVES), *(Group(f"scribe-budget-{o.name}", burn_alerts(o)) for o in OBJECTIVES))
