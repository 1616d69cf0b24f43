"""Step 4: writes the e-mail, checks every claim in it, and writes it down."""

from collections.abc import Callable
from dataclasses import dataclass

from scribe.common.models import StructuredModel
from scribe.common.models.prompts import Prompt
from scribe.common.observability.metrics import GroundingMetrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.composer.drafting import Finished, write
from scribe.composer.material import Material
from scribe.composer.metadata import FinishedEmail, finish
from scribe.composer.store import EmailStore


@dataclass(frozen=True)
class ComposerDeps:
    """What the step works with. `clock` counts seconds from any point."""

    model: StructuredModel
    prompt: Prompt
    emails: EmailStore
    metrics: GroundingMetrics
    clock: Callable[[], float]


async def compose(deps: ComposerDeps, data: PipelineData) -> PipelineData:
    """The task with `email_id` filled in. A task whose e-mail is written already is not written, or paid for, again.

    Raises:
        PermanentError: no draft passed the checks. CancelledTaskError: the user does not want it any more.
        UnavailableError: the database or every model provider is away.
    """
    written = await deps.emails.find(data.task_id)
    if written is not None:
        return data.model_copy(update={"email_id": written})
    started = deps.clock()
    material = Material.of(data)
    finished = await write(deps.model, deps.prompt, material, data.cache_scope)
    seconds = deps.clock() - started
    email = finish(data, material, finished, deps.prompt.version, seconds)
    email_id = await deps.emails.write(data, email)
    _count(deps.metrics, finished, email)
    versions = {**data.prompt_versions, Step.COMPOSER: deps.prompt.version}
    return (
        data.model_copy(update={"email_id": email_id, "prompt_versions": versions})
        .with_usage(Step.COMPOSER, finished.usage, role="composer")
        .with_warning(*email.warnings)
    )


def _count(metrics: GroundingMetrics, finished: Finished, email: FinishedEmail) -> None:
    for problem in finished.found:
        metrics.corrections.labels(problem.check).inc()
    metrics.emails.labels(str(email.is_confident).lower()).inc()
