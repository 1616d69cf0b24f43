"""A trial through the real steps: research from its pages, judgements of its drafts, and what an e-mail costs."""

import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from scribe.common.errors import WorkError
from scribe.common.models.prompts import load_prompt
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import PipelineData, Research
from scribe.evaluation.answering.providers import Models, constant_model
from scribe.evaluation.answering.requests import Label, MissingAnswerError, Role
from scribe.evaluation.answering.roles import reading_tokens
from scribe.evaluation.drafts import DraftResult, compose, evidence_of, judge_draft
from scribe.evaluation.email_cost import EmailCost, cost_of_email
from scribe.evaluation.research_scores import ResearchScore, score_research
from scribe.evaluation.searching import NoCache
from scribe.evaluation.trial import Trial, TrialDraft, drafts_of
from scribe.evaluation.world import NoBrowser
from scribe.parser.step import Parser
from scribe.scraper.exa import open_exa
from scribe.scraper.reader import Reader
from scribe.scraper.step import Scraper

EXA_TIMEOUT = 10.0
T = TypeVar("T")


@dataclass(frozen=True)
class TrialResult:
    """What came of a trial; None where a request has no answer yet."""

    trial: Trial
    research: ResearchScore | None
    drafts: Mapping[str, DraftResult | None]
    spent: EmailCost | None = None


@dataclass(frozen=True)
class TrialSteps:
    """The steps of a trial. `searches` are the addresses of Exa by trial, `names` the models by role."""

    models: Models
    searches: Mapping[str, str]
    names: dict[Role, str]
    log: Logger
    metrics: Metrics = field(default_factory=Metrics)

    async def run(self, trial: Trial) -> TrialResult:
        """Everything that can be scored with the answers there are."""
        parsed = await self._parsed(trial)
        found = await self._answered(f"{trial.id} pages", self._researched(trial, parsed))
        evidence = evidence_of(trial, parsed)
        drafts = {
            name: await self._answered(f"{trial.id} {name}", self._judged(trial, draft, name, evidence))
            for name, draft in drafts_of(trial)
        }
        score = score_research(trial, found.research) if found and found.research else None
        spent = None
        if found and drafts["draft_true"]:
            work = cost_of_email(trial, found, self.models, self.names, self.log)
            spent = await self._answered(f"{trial.id} e-mail", work)
        return TrialResult(trial, score, drafts, spent)

    async def read(self, trial: Trial) -> ResearchScore:
        """The score of the research alone.

        Raises:
            MissingAnswerError: the reader's answer is missing. WorkError: no model answers.
        """
        found = await self._researched(trial, await self._parsed(trial))
        return score_research(trial, found.research or Research())

    async def _parsed(self, trial: Trial) -> PipelineData:
        model = constant_model(self.names["parser"], json.dumps(trial.case.parser_answer), "parser")
        return await Parser(model, load_prompt("scribe.parser.prompts", "parse"))(trial.submitted())

    async def _judged(self, trial: Trial, draft: TrialDraft, name: str, data: PipelineData) -> DraftResult:
        """The judgement of a draft and, where a falsehood passed, whether the e-mail would be a confident one."""
        checker = self.models.model(Label(role="checker", trial=trial.id, subject=name))
        result = await judge_draft(trial, draft, data, checker)
        if name == "draft_true" or all(result.finds(falsehood) for falsehood in trial.falsehoods):
            return result
        writer = constant_model(self.names["composer"], json.dumps(draft.answer), "composer")
        email = await compose(data, writer, checker)
        return replace(result, is_confident=email is not None and email.is_confident)

    async def _researched(self, trial: Trial, data: PipelineData) -> PipelineData:
        url = self.searches[trial.id]
        async with open_exa(lambda: "trial", url, NoCache(), self.metrics, timeout=EXA_TIMEOUT) as answers:
            model = self.models.model(Label(role="reader", trial=trial.id, subject="pages"))
            reader = Reader(model, load_prompt("scribe.scraper.prompts", "read"), reading_tokens())
            return await Scraper(answers, NoBrowser(), reader, self.metrics.grounding, max_pages=0)(data)

    async def _answered(self, name: str, work: Awaitable[T]) -> T | None:
        """What the work gives; None where nobody has given an answer that it needs, or no model could."""
        try:
            return await work
        except MissingAnswerError:
            return None
        except WorkError as error:
            self.models.log.failed.append(f"{name}: {error}")
            return None
