"""`python -m scribe.evaluation`: write an e-mail for every case, research and check every trial, and judge it all.

Without `--model` the stand-ins answer for the cases, and misbehave where a case wants them to; recordings answer
for the trials. A provider's key is read from the environment as the services read it.
"""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from scribe.common.errors import ConfigurationError
from scribe.evaluation.answering.files import AnswerFileError
from scribe.evaluation.answering.recordings import Recordings
from scribe.evaluation.answering.requests import EMAIL
from scribe.evaluation.case import load_cases
from scribe.evaluation.case_report import count_wrong, judge, record_of, share_passed, show
from scribe.evaluation.run_cases import run_cases
from scribe.evaluation.run_trials import STAND_IN, Choice, print_answers, run_trials
from scribe.evaluation.trial import SHIPPED, TrialFormError, load_trials
from scribe.evaluation.trial_report import TrialScores, record_of_trial, show_trials

MIN_SHARE = 0.9
WIDTH = 190
Part = Literal["all", "cases", "trials"]


def main(
    model: Annotated[str, typer.Option(help="provider:model, stand-in, or files:DIR (trials only).")] = "",
    parser_model: Annotated[str, typer.Option(help="Another one for the parser.")] = "",
    reader_model: Annotated[str, typer.Option(help="Another one for the scraper's reader.")] = "",
    checker_model: Annotated[str, typer.Option(help="Another one for the composer's checker.")] = "",
    only: Annotated[str, typer.Option(help="Only cases whose name or kind contains this, or one trial.")] = "",
    part: Annotated[Part, typer.Option(help="The cases, the trials, or both.")] = "all",
    trials: Annotated[Path, typer.Option(help="A folder of trials.")] = SHIPPED,
    keep: Annotated[str, typer.Option(help="Record the answers; says who gave them.")] = "",
    out: Annotated[Path | None, typer.Option(help="A file for e-mails, scores and answers, as JSON.")] = None,
) -> None:
    """Judge the steps; exit 1 where a case is ungrounded or leaks, less than 90 % pass, or a target is missed."""
    choice = Choice(model, {"parser": parser_model, "reader": reader_model, "checker": checker_model}, keep)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    record: dict[str, object] = {}
    good = True
    try:
        choice.raise_if_not_to_keep()
        if part != "trials" and choice.folder is None:
            good = _judge_cases(only, choice, console, record) and good
        if part != "cases":
            good = _judge_trials(trials, only, choice, console, record) and good
    except (ConfigurationError, AnswerFileError, FileNotFoundError, TrialFormError) as error:
        sys.exit(f"evaluation: {error}")
    if out:
        out.write_text(json.dumps(record, indent=1, ensure_ascii=False))
    sys.exit(0 if good else 1)


def _judge_cases(only: str, choice: Choice, console: Console, record: dict[str, object]) -> bool:
    cases = [case for case in load_cases() if only in case.name or only == case.kind]
    model = "" if choice.model == STAND_IN else choice.model
    judged = judge(asyncio.run(run_cases(cases, model, choice.by_role)))
    show(judged, console, model or "stand-in")
    record["cases"] = [record_of(case) for case in judged]
    bad = count_wrong(judged, "grounded") + count_wrong(judged, "no leak")
    return not bad and share_passed(judged) >= MIN_SHARE


def _judge_trials(folder: Path, only: str, choice: Choice, console: Console, record: dict[str, object]) -> bool:
    trials, recordings = [trial for trial in load_trials(folder) if only in ("", trial.id)], Recordings.of(folder)
    if not choice.model and not recordings:
        choice = replace(choice, model=STAND_IN)
    results, log = asyncio.run(run_trials(trials, choice, recordings))
    scores = TrialScores.of(results)
    show_trials(results, console, choice.model or "recordings")
    print_answers(log, choice, recordings, console)
    if choice.keep and log.is_complete:
        recordings.keep(exchange for exchange in log.exchanges if exchange.label.subject != EMAIL)
    if scores.short:
        console.print(f"short of the target: {', '.join(scores.short)}")
    console.print(str(scores), markup=False, highlight=False, soft_wrap=True)
    record["trials"] = [record_of_trial(result) for result in results]
    return not scores.short and log.is_complete


if __name__ == "__main__":
    typer.run(main)
