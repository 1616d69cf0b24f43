"""The trials through the real steps, with whoever answers, and what is said of the answers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from scribe.common.errors import ConfigurationError
from scribe.common.process.concurrency import map_concurrently
from scribe.evaluation.answering.files import RequestFiles
from scribe.evaluation.answering.providers import GivenAnswers, Models, open_provider, open_stand_ins
from scribe.evaluation.answering.recordings import Recordings
from scribe.evaluation.answering.requests import Log, Role
from scribe.evaluation.answering.roles import configured_models, max_tokens
from scribe.evaluation.run_cases import quiet_log
from scribe.evaluation.searching import serving_searches
from scribe.evaluation.trial import Trial
from scribe.evaluation.trial_run import TrialResult, TrialSteps

CONCURRENCY = 4
FILES = "files:"
STAND_IN = "stand-in"
WITHOUT_ANSWER = (
    "{count} answers are missing. Each request is a file NAME.request.md in {folder}: have it answered by a model or a "
    "person who sees nothing but that file, in NAME.answer.json beside it, and run the same command again."
)


@dataclass(frozen=True)
class Choice:
    """Who answers: nobody but the recordings (empty), `stand-in`, `files:DIR`, or `provider:model`.

    `by_role` names another `provider:model` for a role. `keep` says who answered: then the answers are recorded.
    """

    model: str = ""
    by_role: Mapping[Role, str] = field(default_factory=dict)
    keep: str = ""

    @property
    def folder(self) -> Path | None:
        """Where requests and answers are files."""
        return Path(self.model.removeprefix(FILES)) if self.model.startswith(FILES) else None

    def raise_if_not_to_keep(self) -> None:
        """Recordings are answers of a real model or reader.

        Raises:
            ConfigurationError: the stand-ins' answers would be recorded.
        """
        if self.keep and self.model == STAND_IN:
            raise ConfigurationError("the answers of the stand-ins are not recorded")

    @property
    def names(self) -> dict[Role, str]:
        """`provider:model` by role: those that answer, or those whose prices are counted where none answers."""
        named = {role: str(name) for role, name in self.by_role.items() if name}
        if not self.model or self.folder or self.model == STAND_IN:
            return {**configured_models(), **named}
        return {**dict.fromkeys(configured_models(), self.model), **named}


@asynccontextmanager
async def open_models(choice: Choice, recordings: Recordings) -> AsyncIterator[Models]:
    """Who answers.

    Raises:
        ConfigurationError: a key is missing, or a name is not `provider:model`.
    """
    if choice.folder:
        yield GivenAnswers(choice.names, recordings, RequestFiles(choice.folder), by=choice.keep)
    elif not choice.model:
        yield GivenAnswers(choice.names, recordings)
    else:
        opened = open_stand_ins if choice.model == STAND_IN else open_provider
        async with opened(choice.names) as models:
            yield models


async def run_trials(trials: Sequence[Trial], choice: Choice, recordings: Recordings) -> tuple[list[TrialResult], Log]:
    """The result of every trial, in order, and what was asked."""
    async with open_models(choice, recordings) as models, serving_searches(trials) as searches:
        steps = TrialSteps(models, searches, choice.names, quiet_log())
        results = await map_concurrently(steps.run, trials, limit=CONCURRENCY)
        if choice.folder:
            RequestFiles(choice.folder).sweep(models.log.missing.values(), [trial.id for trial in trials])
        return results, models.log


def print_answers(log: Log, choice: Choice, recordings: Recordings, console: Console) -> None:
    """Print who answered, what is missing, and how to go on."""
    told = [*log.provenance(), *_too_long(log), *log.failed, *_missing(log, choice, recordings)]
    for line in told:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _too_long(log: Log) -> list[str]:
    """Answers that the service would have got cut off, by the tokens that are counted or estimated."""
    return [
        f"{exchange.label}: the answer has about {exchange.usage.output_tokens} tokens; {limit} are allowed"
        for exchange in log.exchanges
        if exchange.usage.output_tokens > (limit := max_tokens(exchange.label.role))
    ]


def _missing(log: Log, choice: Choice, recordings: Recordings) -> list[str]:
    if not log.missing:
        return []
    if choice.folder:
        return [WITHOUT_ANSWER.format(count=len(log.missing), folder=choice.folder)]
    stale = recordings.stale(log.missing.values())
    lines = [f"{len(log.missing)} requests have no recorded answer."]
    if stale:
        names = ", ".join(sorted(recording.file for recording in stale))
        lines.append(f"Stale, because a prompt, a schema or what goes into a request has changed: {names}.")
    return [*lines, "To renew them: make eval MODEL=files:DIR, or a real model, and KEEP='who answers'."]
