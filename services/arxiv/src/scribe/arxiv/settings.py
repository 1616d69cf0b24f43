"""Settings of the arxiv worker."""

from pydantic import Field

from scribe.common.worker.settings import WorkerSettings


class ArxivSettings(WorkerSettings):
    """What the arxiv worker reads."""

    concurrency: int = Field(16, ge=1, le=64, description="Deliveries that one arxiv worker has in progress at once.")
    max_replicas: int = Field(4, ge=1, description="Most replicas of this worker; all of them take turns at arXiv.")
    arxiv_url: str = Field("https://export.arxiv.org", description="Where arXiv's API is.")
    arxiv_interval: float = Field(
        3.0, ge=0, le=60, description="Seconds between two requests to arXiv, over all pods; its terms ask for 3."
    )
    arxiv_timeout: float = Field(20.0, gt=0, le=25, description="Seconds for one answer of arXiv.")
    arxiv_patience: float = Field(
        600.0, ge=0, description="Seconds that a task waits for arXiv before its e-mail is written without papers."
    )
