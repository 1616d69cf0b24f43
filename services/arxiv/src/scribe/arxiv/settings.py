"""Settings of the arxiv worker."""

from typing import Self

from pydantic import Field, model_validator

from scribe.common.worker.settings import WorkerSettings


class ArxivSettings(WorkerSettings):
    """What the arxiv worker reads. Few deliveries at once: each waits for its turn at arXiv within its deadline."""

    concurrency: int = Field(4, ge=1, le=64, description="Deliveries that one arxiv worker has in progress at once.")
    max_replicas: int = Field(4, ge=1, description="Most replicas of this worker; all of them take turns at arXiv.")
    arxiv_url: str = Field("https://export.arxiv.org", description="Where arXiv's API is.")
    arxiv_interval: float = Field(
        3.0, ge=0, le=60, description="Seconds between two requests to arXiv, over all pods; its terms ask for 3."
    )
    arxiv_timeout: float = Field(20.0, gt=0, description="Seconds for one answer of arXiv.")

    @property
    def total_concurrency(self) -> int:
        """Deliveries that all replicas together may have in progress."""
        return self.concurrency * self.max_replicas

    @model_validator(mode="after")
    def _turns_come_in_time(self) -> Self:
        if self.total_concurrency * self.arxiv_interval > self.step_deadline:
            raise ValueError(
                "work would end before its turn at arXiv comes: SCRIBE_CONCURRENCY x SCRIBE_MAX_REPLICAS x "
                "SCRIBE_ARXIV_INTERVAL must not exceed SCRIBE_STEP_DEADLINE"
            )
        return self
