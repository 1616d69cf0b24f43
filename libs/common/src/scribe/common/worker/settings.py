"""Settings of every worker."""

from pydantic import Field

from scribe.common.messaging.settings import BrokerSettings


class WorkerSettings(BrokerSettings):
    """What all workers read."""

    host: str = Field("0.0.0.0", description="Address of the probes and metrics.")  # noqa: S104 - a pod's port
    port: int = Field(8080, ge=0, le=65535, description="Port of the probes and metrics; 0 chooses a free one.")
    concurrency: int = Field(8, ge=1, le=256, description="Deliveries that one worker has in progress at once.")
    step_deadline: float = Field(120.0, gt=0, description="Seconds that one attempt of the step may take.")
    retry_limit: float = Field(
        600.0, ge=0, description="Seconds for which a step is tried again while a service that it calls fails."
    )
    hold_limit: float = Field(
        600.0, gt=0, description="Seconds for which a message is held while NATS, PostgreSQL or a provider is away."
    )

    @property
    def shutdown_grace(self) -> float:
        """Seconds from SIGTERM to the end: the longest step and 15 s."""
        return self.step_deadline + 15.0
