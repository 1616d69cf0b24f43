"""What one e-mail of a trial costs, and how long reader and checker take for it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from scribe.arxiv.step import FindPapers
from scribe.common.observability.logs import Logger
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.usage import Usage, total
from scribe.evaluation.answering.providers import Models, constant_model
from scribe.evaluation.answering.requests import EMAIL, Exchange, Label, Role
from scribe.evaluation.drafts import compose
from scribe.evaluation.searching import TrialPapers
from scribe.evaluation.trial import Trial


@dataclass(frozen=True)
class EmailCost:
    """What each role and Exa cost for one e-mail, and the seconds of reader and checker; None where not known."""

    usage: dict[str, Usage]
    seconds: float | None

    @property
    def cost(self) -> float | None:
        """US dollars by list price."""
        return total(self.usage.values()).cost_usd


async def cost_of_email(
    trial: Trial, found: PipelineData, models: Models, names: dict[Role, str], log: Logger
) -> EmailCost:
    """The cost of the e-mail that is written from what was found.

    Models that can write do so. Else the true draft stands for what the composer writes, and the checker's answer to it
    for what the checker says; what is counted is then an e-mail that passes at the first try.
    """
    data = await FindPapers(TrialPapers(trial), patience=0.0, log=log)(found)
    if models.can_write:
        composer, checker = _label("composer", trial, EMAIL), _label("checker", trial, EMAIL)
        await compose(data, models.model(composer), models.model(checker))
        written = {"composer": models.log.of(composer), "checker": models.log.of(checker)}
        spent = {role: total(exchange.usage for exchange in asked) for role, asked in written.items()}
        judged = written["checker"]
    else:
        judged = models.log.of(_label("checker", trial, "draft_true"))
        spent = await _as_if_written(trial, data, names, judged[0].answer)
    reading = models.log.of(_label("reader", trial, "pages"))
    return EmailCost({**found.role_usage, **spent}, _seconds((*reading, *judged)))


async def _as_if_written(trial: Trial, data: PipelineData, names: dict[Role, str], verdicts: str) -> dict[str, Usage]:
    """One request to the composer and one to the checker, made from this data, with answers of the usual size."""
    written: list[Usage] = []
    judged: list[Usage] = []
    composer = constant_model(names["composer"], json.dumps(trial.honest.answer), "composer", written)
    await compose(data, composer, constant_model(names["checker"], verdicts, "checker", judged))
    return {"composer": total(written[:1]), "checker": total(judged[:1])}


def _label(role: Role, trial: Trial, subject: str) -> Label:
    return Label(role=role, trial=trial.id, subject=subject)


def _seconds(exchanges: Iterable[Exchange]) -> float | None:
    taken = [exchange.seconds for exchange in exchanges]
    known = [seconds for seconds in taken if seconds is not None]
    return sum(known) if known and len(known) == len(taken) else None
