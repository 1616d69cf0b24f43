"""Step 4: writes the e-mail, has every sentence of it judged, and stores it."""

import asyncio
from collections.abc import Callable

from scribe.common.observability.metrics import GroundingMetrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.composer.drafting import AcceptedDraft, Writer
from scribe.composer.material import EmailRequest, Material
from scribe.composer.metadata import FinishedEmail, finish
from scribe.composer.store import EmailStore


class Composer:
    """The step. `clock` counts seconds from any point."""

    def __init__(
        self, writer: Writer, emails: EmailStore, metrics: GroundingMetrics, clock: Callable[[], float]
    ) -> None:
        self._writer = writer
        self._emails = emails
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, data: PipelineData) -> PipelineData:
        """The task with `email_id` filled in. A task whose e-mail is stored is neither written nor paid for again.

        Raises:
            PermanentError: no draft passed the checks. CancelledTaskError: the user does not want it any more.
            UnavailableError: the database or every model provider is away. UnreadableMessageError: its user has no
                such task.
        """
        data = await self._emails.as_submitted(data)
        if data.email_id is not None:
            return data
        started = self._clock()
        material = await asyncio.to_thread(Material.of, EmailRequest.of(data), data)
        accepted = await self._writer.write(material, data.cache_scope)
        data = self._paid(data, accepted)
        email = finish(data, material, accepted, self._clock() - started)
        email_id = await self._emails.write(data, email)
        self._count(accepted, email)
        return data.model_copy(update={"email_id": email_id}).with_warning(*email.warnings)

    def _paid(self, data: PipelineData, accepted: AcceptedDraft) -> PipelineData:
        """The task with what the e-mail cost, and the prompts that it was written with."""
        versions = {**data.prompt_versions, Step.COMPOSER: self._writer.versions}
        data = data.model_copy(update={"prompt_versions": versions})
        data = data.with_usage(Step.COMPOSER, accepted.usage, role="composer")
        if accepted.checker_usage.calls:
            data = data.with_usage(Step.COMPOSER, accepted.checker_usage, role="checker")
        return data

    def _count(self, accepted: AcceptedDraft, email: FinishedEmail) -> None:
        for problem in accepted.found:
            self._metrics.corrections.labels(problem.check).inc()
        self._metrics.emails.labels(str(email.is_confident).lower()).inc()
