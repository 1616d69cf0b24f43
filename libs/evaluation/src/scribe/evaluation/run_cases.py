"""The cases through the real steps, with the stand-ins or a provider's model, some of them side by side."""

import sys
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import structlog
from pydantic import SecretStr

from scribe.common.models import ModelChoice, ProviderSettings, StructuredModel, open_model
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import Metrics
from scribe.common.process.concurrency import map_concurrently
from scribe.evaluation.answering.requests import ROLES, Role
from scribe.evaluation.case import Case
from scribe.evaluation.case_run import CaseResult, CaseSteps
from scribe.fakes.controls import Controls
from scribe.fakes.server import serving

STAND_IN = "anthropic:claude-haiku-5-5"
CONCURRENCY = 4
TIMEOUT = 60.0


def quiet_log() -> Logger:
    """A log of what is critical, on stderr."""
    logger: Logger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), wrapper_class=structlog.make_filtering_bound_logger(50)
    )
    return logger


async def run_cases(cases: list[Case], model: str, by_role: Mapping[Role, str]) -> list[CaseResult]:
    """Every case, in order, with `model` for every role that has no model of its own in `by_role`.

    An empty name stands for the stand-ins, which misbehave where a case wants them to.

    Raises:
        ConfigurationError: a key is missing, or a name is not `provider:model`.
    """
    async with AsyncExitStack() as stack:
        settings, controls = ProviderSettings(), None
        if not model:
            upstreams = await stack.enter_async_context(serving())
            controls = upstreams.controls
            settings = ProviderSettings(
                anthropic_api_key=SecretStr("stand-in"), anthropic_base_url=upstreams.anthropic_url
            )
        opened = {
            role: await stack.enter_async_context(_opened(by_role.get(role) or model, settings)) for role in ROLES
        }
        steps = CaseSteps(opened["parser"], opened["composer"], quiet_log(), opened["checker"], opened["reader"])
        return await _run(cases, steps, controls)


def _opened(model: str, settings: ProviderSettings) -> AbstractAsyncContextManager[StructuredModel]:
    choice = ModelChoice((model or STAND_IN,), timeout=TIMEOUT)
    return open_model(choice, settings, Metrics(), role="evaluation")


async def _run(cases: list[Case], steps: CaseSteps, controls: Controls | None) -> list[CaseResult]:
    """Every case, in order; cases for which a stand-in behaves alike run side by side."""
    alike: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        alike[case.behaviour if controls else ""].append(case)
    results: dict[str, CaseResult] = {}
    for behaviour, group in alike.items():
        if controls is not None:
            controls.reset()
            controls.add(path="/anthropic", behaviour=behaviour)
        ran = await map_concurrently(steps.run, group, limit=CONCURRENCY)
        results.update({result.case.name: result for result in ran})
    return [results[case.name] for case in cases]
