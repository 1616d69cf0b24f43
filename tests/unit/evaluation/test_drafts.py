"""True and false drafts are scored by what the judgement names, leaves out or lets pass."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic_ai.tools import ToolDefinition

from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.common.tasks.usage import Usage
from scribe.composer.checks import DraftProblem
from scribe.evaluation.answering.providers import GivenAnswers, constant_model
from scribe.evaluation.answering.recordings import Recordings
from scribe.evaluation.answering.requests import Exchange, Label, Request
from scribe.evaluation.answering.roles import configured_models
from scribe.evaluation.drafts import EXCUSED, DraftResult, compose, evidence_of, judge_draft
from scribe.evaluation.email_cost import cost_of_email
from scribe.evaluation.run_cases import quiet_log
from scribe.evaluation.trial import Trial, load_trials
from scribe.evaluation.trial_report import TrialScores
from scribe.evaluation.trial_run import TrialResult
from scribe.parser.reading import TemplateReading, corrected

TRIALS = {trial.id: trial for trial in load_trials()}
TRIAL = TRIALS["24"]
FIRST, SECOND = TRIAL.falsehoods


def result(*named: str, trial: Trial = TRIAL, check: str = "is_unsupported", body: str | None = None) -> DraftResult:
    """The false draft with objections to these sentences."""
    problems = tuple(DraftProblem(check, "…", (sentence,)) for sentence in named)
    return DraftResult(trial, trial.false, trial.false.body if body is None else body, problems)


def test_a_falsehood_is_found_when_it_is_named_or_gone() -> None:
    found = result(FIRST.sentence)
    assert found.finds(FIRST)
    assert not found.finds(SECOND)
    assert result(body=TRIAL.false.body.replace(SECOND.sentence, "")).finds(SECOND)
    assert result(f"{FIRST.sentence} And then some.").finds(FIRST)
    assert result(FIRST.sentence.replace("'", "’").replace(" ", "\n", 1)).finds(FIRST)


def test_an_objection_to_another_sentence_finds_nothing_and_is_a_false_alarm() -> None:
    other = "Time zones are no problem, I get up early."
    assert not result(other).finds(FIRST)
    assert result(other, FIRST.sentence).false_alarms == (other,)


def test_an_objection_to_the_whole_finds_nothing() -> None:
    whole = replace(result(), problems=(DraftProblem("is_too_long", "…"),))
    assert not whole.finds(FIRST)


def test_a_true_draft_passes_without_objection_and_unchanged() -> None:
    passed = DraftResult(TRIAL, TRIAL.honest, TRIAL.honest.body.replace("\n\n", "\n\n "), ())
    assert passed.passes
    assert not replace(passed, body=passed.body.replace("early", "late")).passes
    assert not replace(passed, problems=(DraftProblem("sounds_like_a_machine", "…", severity="warning"),)).passes


def test_one_objection_is_excused_and_no_second_one() -> None:
    ((trial_id, check),) = EXCUSED
    trial = TRIALS[trial_id]
    copied = DraftProblem(check, "…", ("one",))
    draft = DraftResult(trial, trial.honest, trial.honest.body, (copied,))
    assert draft.passes
    assert not replace(draft, problems=(copied, DraftProblem(check, "…", ("two",)))).passes
    assert not replace(draft, trial=TRIAL, draft=TRIAL.honest, body=TRIAL.honest.body).passes


def test_scores_count_trials_and_falsehoods() -> None:
    honest = DraftResult(TRIAL, TRIAL.honest, TRIAL.honest.body, ())
    refused = replace(honest, problems=(DraftProblem("is_unsupported", "…"),))
    results = [
        TrialResult(TRIAL, None, {"draft_true": honest, "draft_false": result(FIRST.sentence, SECOND.sentence)}),
        TrialResult(TRIAL, None, {"draft_true": refused, "draft_false": result(FIRST.sentence)}),
        TrialResult(TRIAL, None, {"draft_true": None, "draft_false": None}),
    ]
    scores = TrialScores.of(results)
    assert (scores.honest, scores.falsehoods, scores.pages) == (0.5, 0.75, None)


def verdicts(verdict: str) -> str:
    """The checker's answer with the same verdict for every sentence there may be."""
    judged = [{"number": number, "reason": "", "verdict": verdict, "ids": ["P2"]} for number in range(1, 30)]
    return json.dumps({"verdicts": judged})


def task() -> PipelineData:
    """The trial's task with the evidence of its drafts."""
    reading = TemplateReading.model_validate(TRIAL.case.parser_answer)
    name, interest = TRIAL.case.recipient.name, TRIAL.case.recipient.interest
    parsed = corrected(reading, TRIAL.case.template, name, interest)
    return evidence_of(TRIAL, TRIAL.submitted().model_copy(update={"parsed": parsed}))


@pytest.mark.parametrize(("verdict", "is_found"), [("unsupported", True), ("nothing", False)])
async def test_the_checkers_verdict_decides_whether_a_falsehood_is_found(verdict: str, is_found: bool) -> None:
    checker = constant_model("anthropic:claude-haiku-5-5", verdicts(verdict), "checker")
    judged = await judge_draft(TRIAL, TRIAL.false, task(), checker)
    assert judged.finds(FIRST) is is_found


async def test_a_writer_that_mends_nothing_sends_no_named_falsehood() -> None:
    writer = constant_model("anthropic:claude-sonnet-5-5", json.dumps(TRIAL.false.answer), "composer")
    checker = constant_model("anthropic:claude-haiku-5-5", verdicts("unsupported"), "checker")
    email = await compose(task(), writer, checker)
    assert email is None or FIRST.sentence not in email.message


async def test_without_a_writing_model_an_email_is_priced_by_the_true_draft_and_its_verdicts(tmp_path: Path) -> None:
    names = configured_models()
    models = GivenAnswers(names, Recordings(tmp_path))
    request = Request("Judge.", "…", ToolDefinition(name="answer"))
    label = Label(role="checker", trial=TRIAL.id, subject="draft_true")
    exchange = Exchange(label, request, verdicts("nothing"), "a reader", "2026-01-01", Usage(), seconds=1.5)
    models.log.exchanges.append(exchange)
    found = task().with_usage(Step.PARSER, Usage(calls=1, cost_usd=0.002), role="parser")
    spent = await cost_of_email(TRIAL, found, models, names, quiet_log())
    assert set(spent.usage) == {"parser", "composer", "checker"}
    assert [usage.calls for usage in spent.usage.values()] == [1, 1, 1]
    assert spent.cost is not None
    assert 0.01 < spent.cost < 0.1
    assert spent.seconds == 1.5
