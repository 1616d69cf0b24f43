"""Settings of every worker."""

from typing import Self

from pydantic import Field, model_validator

from scribe.common.messaging.settings import BrokerSettings


class WorkerSettings(BrokerSettings):
    """What all workers read."""

    host: str = Field("0.0.0.0", description="Address of the probes and metrics.")  # noqa: S104 - a pod's port
    port: int = Field(8080, ge=0, le=65535, description="Port of the probes and metrics; 0 chooses a free one.")
    concurrency: int = Field(32, ge=1, le=256, description="Deliveries that one worker has in progress at once.")
    step_deadline: float = Field(120.0, gt=0, description="Seconds that one attempt of the step may take.")
    retry_limit: float = Field(
        600.0, ge=0, description="Seconds for which a step is tried again while a service that it calls fails."
    )
    hold_limit: float = Field(
        600.0, gt=0, description="Seconds for which a message is held while NATS, PostgreSQL or a provider is away."
    )

    @model_validator(mode="after")
    def raise_if_a_request_outlasts_the_attempt(self) -> Self:
        """Refuse a request's timeout, the fields named `…_timeout`, that is longer than the attempt that waits for it.

        Raises:
            ValueError: one is; the sentence says both numbers.
        """
        for name in type(self).model_fields:
            if name.endswith("_timeout") and getattr(self, name) > self.step_deadline:
                raise ValueError(
                    f"SCRIBE_STEP_DEADLINE is {self.step_deadline:g} s, but one request may take "
                    f"{getattr(self, name):g} s (SCRIBE_{name.upper()}): raise the first or lower the second"
                )
        return self

    @property
    def shutdown_grace(self) -> float:
        """Seconds from SIGTERM to the end: the longest step and 15 s."""
        return self.step_deadline + 15.0
