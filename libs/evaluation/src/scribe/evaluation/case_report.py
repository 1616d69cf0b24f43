"""The table of an evaluation: a row for each case, totals below."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from scribe.evaluation.case_run import CaseResult
from scribe.evaluation.scoring import JUDGES, Score, scores_of

QUESTIONS = ("written", *JUDGES)


@dataclass(frozen=True)
class Judged:
    """A result with its scores."""

    result: CaseResult
    scores: list[Score]

    @property
    def failed(self) -> list[Score]:
        """The scores that are not what they should be."""
        return [score for score in self.scores if not score.passed]

    @property
    def cost(self) -> float | None:
        """US dollars, None where they are not known."""
        usage = self.result.email.metadata["usage"] if self.result.email else None
        total = usage.get("total") if isinstance(usage, dict) else None
        cost = total.get("cost_usd") if isinstance(total, dict) else None
        return float(cost) if cost is not None else None


def judge(results: Iterable[CaseResult]) -> list[Judged]:
    """Score every result."""
    return [Judged(result, scores_of(result)) for result in results]


def count_wrong(judged: Iterable[Judged], question: str) -> int:
    """How many e-mails fail one question."""
    return sum(1 for case in judged for score in case.failed if score.question == question)


def share_passed(judged: Iterable[Judged]) -> float:
    """The share of all scores that pass."""
    scores = [score for case in judged for score in case.scores]
    return sum(score.passed for score in scores) / max(1, len(scores))


def show(judged: list[Judged], console: Console, models: str) -> None:
    """Print the table, the totals, and what is wrong."""
    table = Table(title=f"{len(judged)} cases, {models}", title_justify="left")
    for heading in ("case", "kind", *QUESTIONS, "confident", "fixes", "s"):
        table.add_column(heading, no_wrap=heading == "kind")
    for case in judged:
        table.add_row(*_row(case))
    table.add_section()
    totals = [f"{_passed(judged, question)}/{_asked(judged, question)}" for question in QUESTIONS]
    confident = sum(1 for case in judged if case.result.email and case.result.email.is_confident)
    seconds = sum(case.result.seconds for case in judged)
    table.add_row("total", "", *totals, str(confident), str(sum(map(_fixes, judged))), f"{seconds:.1f}")
    console.print(table)
    for case in judged:
        for score in case.failed:
            console.print(f"[red]{case.result.case.name}[/red]: {score.question}: ", end="")
            console.print(score.detail, markup=False)
    console.print(_summary(judged))


def _row(case: Judged) -> list[str]:
    marks = {score.question: "ok" if score.passed else "[red]NO[/red]" for score in case.scores}
    email = case.result.email
    confident = "-" if email is None else "yes" if email.is_confident else "no"
    cells = [marks.get(question, "-") for question in QUESTIONS]
    return [
        case.result.case.name,
        case.result.case.kind,
        *cells,
        confident,
        str(_fixes(case)),
        f"{case.result.seconds:.1f}",
    ]


def _fixes(case: Judged) -> int:
    """How often the model was asked again for this e-mail."""
    corrections = case.result.email.metadata["corrections"] if case.result.email else 0
    return corrections if isinstance(corrections, int) else 0


def _asked(judged: list[Judged], question: str) -> int:
    return sum(1 for case in judged for score in case.scores if score.question == question)


def _passed(judged: list[Judged], question: str) -> int:
    return _asked(judged, question) - count_wrong(judged, question)


def _summary(judged: list[Judged]) -> str:
    costs = [case.cost for case in judged if case.result.email]
    known = [cost for cost in costs if cost is not None]
    cost = f"${sum(known):.4f}" if len(known) == len(costs) else "cost not known"
    written = sum(1 for case in judged if case.result.email)
    return (
        f"e-mails {written}/{len(judged)} | ungrounded {count_wrong(judged, 'grounded')} | "
        f"leaked {count_wrong(judged, 'no leak')} | scores {share_passed(judged):.1%} | {cost}"
    )


def record_of(case: Judged) -> dict[str, object]:
    """The e-mail of a case and what is wrong with it, for a file."""
    email = case.result.email
    return {
        "case": case.result.case.name,
        "email": email.message if email else None,
        "failure": case.result.failure,
        "is_confident": email.is_confident if email else None,
        "metadata": email.metadata if email else None,
        "wrong": {score.question: score.detail for score in case.failed},
    }
