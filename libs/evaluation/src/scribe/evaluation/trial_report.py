"""The scores of all trials: a table, what is wrong, and the closing line that is held against the targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from scribe.evaluation.drafts import DraftResult
from scribe.evaluation.research_scores import ResearchScore
from scribe.evaluation.trial_run import TrialResult

PAGES, RECALL, FORBIDDEN, HONEST, FALSEHOODS = 0.97, 0.90, 1, 0.95, 0.90
MAX_COST, MAX_SECONDS = 0.035, 4.0


@dataclass(frozen=True)
class TrialScores:
    """The scores over all trials, as `trials/README.md` defines them; None where nothing was answered.

    Shares are from 0 to 1. `cost` is in US dollars, `seconds` the time of reader and checker, both for one e-mail.
    """

    pages: float | None
    recall: float | None
    forbidden: int | None
    honest: float | None
    falsehoods: float | None
    cost: float | None
    seconds: float | None
    confident: int = 0
    """E-mails that would be called confident with a planted falsehood in them: none may be."""

    @classmethod
    def of(cls, results: Sequence[TrialResult]) -> "TrialScores":
        """The scores of what has been answered."""
        researched = [result.research for result in results if result.research]
        honest, false = _judged(results, "draft_true"), _judged(results, "draft_false")
        found = [judged.finds(falsehood) for judged in false for falsehood in judged.trial.falsehoods]
        pages = sum(score.pages for score in researched)
        wanted = sum(score.wanted for score in researched)
        return cls(
            pages=_share(pages - sum(len(score.wrong_pages) for score in researched), pages),
            recall=_share(wanted - sum(len(score.missed) for score in researched), wanted),
            forbidden=sum(len(score.forbidden) for score in researched) if researched else None,
            honest=_share(sum(judged.passes for judged in honest), len(honest)),
            falsehoods=_share(sum(found), len(found)),
            cost=_mean([result.spent.cost for result in results if result.spent]),
            seconds=_mean([result.spent.seconds for result in results if result.spent]),
            confident=sum(judged.is_confident for judged in false),
        )

    @property
    def short(self) -> list[str]:
        """The scores that miss their target; one that is not known misses it, but for the seconds."""
        reached = {
            "pages": self.pages is not None and self.pages >= PAGES,
            "recall": self.recall is not None and self.recall >= RECALL,
            "forbidden": self.forbidden is not None and self.forbidden <= FORBIDDEN,
            "honest": self.honest is not None and self.honest >= HONEST,
            "falsehoods": self.falsehoods is not None and self.falsehoods >= FALSEHOODS,
            "usd": self.cost is not None and self.cost <= MAX_COST,
            "s": self.seconds is None or self.seconds <= MAX_SECONDS,
            "confident": not self.confident,
        }
        return [name for name, is_reached in reached.items() if not is_reached]

    def __str__(self) -> str:
        parts = (
            f"pages {_shown(self.pages, '.3f')}",
            f"recall {_shown(self.recall, '.3f')}",
            f"forbidden {_shown(self.forbidden, 'd')}",
            f"honest {_shown(self.honest, '.3f')}",
            f"falsehoods {_shown(self.falsehoods, '.3f')}",
            f"usd {_shown(self.cost, '.4f')}",
            f"s {_shown(self.seconds, '.1f')}",
        )
        return " | ".join(("trials", *parts))


def show_trials(results: Sequence[TrialResult], console: Console, models: str) -> None:
    """Print the table and what is wrong."""
    table = Table(title=f"{len(results)} trials, {models}", title_justify="left")
    for heading in ("trial", "about", "pages", "recall", "forbidden", "facts", "honest", "falsehoods", "false alarms"):
        table.add_column(heading)
    for result in results:
        table.add_row(*_row(result))
    console.print(table)
    for result in results:
        for line in _wrong(result):
            console.print(f"{result.trial.id}: {line}", markup=False, highlight=False)


def record_of_trial(result: TrialResult) -> dict[str, object]:
    """What is wrong in a trial, and its facts, for a file."""
    usage = {role: spent.model_dump() for role, spent in result.spent.usage.items()} if result.spent else {}
    return {"trial": result.trial.id, "wrong": list(_wrong(result)), "usage": usage}


def _row(result: TrialResult) -> list[str]:
    honest, false = result.drafts["draft_true"], result.drafts["draft_false"]
    return [
        result.trial.id,
        result.trial.case.about,
        *_research_cells(result.research),
        "-" if honest is None else "ok" if honest.passes else "NO",
        *_false_cells(false),
    ]


def _research_cells(score: ResearchScore | None) -> list[str]:
    if score is None:
        return ["-"] * 4
    return [
        f"{score.pages - len(score.wrong_pages)}/{score.pages}",
        f"{score.wanted - len(score.missed)}/{score.wanted}",
        str(len(score.forbidden)),
        str(score.facts),
    ]


def _false_cells(judged: DraftResult | None) -> list[str]:
    if judged is None:
        return ["-"] * 2
    found = sum(judged.finds(falsehood) for falsehood in judged.trial.falsehoods)
    return [f"{found}/{len(judged.trial.falsehoods)}", str(len(judged.false_alarms))]


def _wrong(result: TrialResult) -> Iterable[str]:
    if score := result.research:
        yield from (f"page judged wrongly ({page.about}): {page.url}" for page in score.wrong_pages)
        yield from (f"missed ({kept.form}): {_line(kept.sentence)}" for kept in score.missed)
        yield from (f"forbidden ({refused.why}): {_line(refused.sentence)}" for refused in score.forbidden)
    if honest := result.drafts["draft_true"]:
        for problem in honest.objections:
            yield f"objection to the true draft ({problem.check}): {_line(problem.correction)}"
        if not honest.objections and not honest.passes:
            yield "the checks changed the true draft"
    if false := result.drafts["draft_false"]:
        missed = (falsehood for falsehood in result.trial.falsehoods if not false.finds(falsehood))
        yield from (f"falsehood not found ({falsehood.kind}): {_line(falsehood.sentence)}" for falsehood in missed)
        if false.is_confident:
            yield "the e-mail with the falsehood would be called confident"
        yield from (f"false alarm: {_line(sentence)}" for sentence in false.false_alarms)


def _judged(results: Iterable[TrialResult], name: str) -> list[DraftResult]:
    return [judged for result in results if (judged := result.drafts[name]) is not None]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _line(text: str) -> str:
    return " ".join(text.split())
