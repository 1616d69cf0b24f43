"""`python -m scribe.evaluation`: write an e-mail for every case and judge it.

Without `--model` the stand-ins answer, and misbehave where a case wants them to. With it, the provider's key is read
from the environment as the services read it.
"""

import asyncio
import json
import sys
from collections import defaultdict
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Annotated

import structlog
import typer
from pydantic import SecretStr
from rich.console import Console

from scribe.common.errors import ConfigurationError
from scribe.common.models import ModelChoice, ProviderSettings, StructuredModel, open_model
from scribe.common.observability.metrics import Metrics
from scribe.evaluation.case import Case, load_cases
from scribe.evaluation.report import Judged, count_wrong, judge, share_passed, show
from scribe.evaluation.running import Result, Steps
from scribe.fakes.controls import Controls
from scribe.fakes.server import serving

STAND_IN = "anthropic:claude-haiku-4-5"
AT_ONCE = 4
TIMEOUT = 60.0
LEAST = 0.9
WIDTH = 190


def main(
    model: Annotated[str, typer.Option(help="provider:model that reads and writes; empty for the stand-in.")] = "",
    parser_model: Annotated[str, typer.Option(help="Another one for the parser.")] = "",
    only: Annotated[str, typer.Option(help="Only cases whose name or kind contains this.")] = "",
    out: Annotated[Path | None, typer.Option(help="A file for the e-mails and scores, as JSON.")] = None,
) -> None:
    """Judge the steps; exit 1 when anything is ungrounded or leaks, or fewer than 90 % of the scores pass."""
    cases = [case for case in load_cases() if only in case.name or only == case.kind]
    try:
        results = asyncio.run(_evaluate(cases, model, parser_model or model))
    except ConfigurationError as error:
        sys.exit(f"evaluation: {error}")
    judged = judge(results)
    show(judged, Console(width=None if sys.stdout.isatty() else WIDTH), model or "stand-in")
    if out:
        out.write_text(json.dumps([_record(case) for case in judged], indent=1, ensure_ascii=False))
    bad = count_wrong(judged, "grounded") + count_wrong(judged, "no leak")
    sys.exit(1 if bad or share_passed(judged) < LEAST else 0)


async def _evaluate(cases: list[Case], model: str, parser_model: str) -> list[Result]:
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), wrapper_class=structlog.make_filtering_bound_logger(50)
    )
    async with AsyncExitStack() as stack:
        settings, controls = ProviderSettings(), None
        if not model:
            upstreams = await stack.enter_async_context(serving())
            controls = upstreams.controls
            settings = ProviderSettings(
                anthropic_api_key=SecretStr("stand-in"), anthropic_base_url=upstreams.anthropic_url
            )
        reading = await stack.enter_async_context(_opened(parser_model, settings))
        writing = await stack.enter_async_context(_opened(model, settings))
        return await _run(cases, Steps(reading, writing, log), controls)


def _opened(model: str, settings: ProviderSettings) -> AbstractAsyncContextManager[StructuredModel]:
    choice = ModelChoice((model or STAND_IN,), timeout=TIMEOUT)
    return open_model(choice, settings, Metrics(), purpose="evaluation")


async def _run(cases: list[Case], steps: Steps, controls: Controls | None) -> list[Result]:
    """Every case, in order; cases for which a stand-in behaves alike run side by side."""
    alike: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        alike[case.behaviour if controls else ""].append(case)
    results: dict[str, Result] = {}
    for behaviour, group in alike.items():
        if controls is not None:
            controls.reset()
            controls.add(path="/anthropic", behaviour=behaviour)
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(_placed(steps, case, places)) for case in group]
        results.update({task.result().case.name: task.result() for task in running})
    return [results[case.name] for case in cases]


async def _placed(steps: Steps, case: Case, places: asyncio.Semaphore) -> Result:
    async with places:
        return await steps.run(case)


def _record(case: Judged) -> dict[str, object]:
    email = case.result.email
    return {
        "case": case.result.case.name,
        "email": email.message if email else None,
        "failure": case.result.failure,
        "is_confident": email.is_confident if email else None,
        "metadata": email.metadata if email else None,
        "wrong": {score.question: score.detail for score in case.failed},
    }


if __name__ == "__main__":
    typer.run(main)
