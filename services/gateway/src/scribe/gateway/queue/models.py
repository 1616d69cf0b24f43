"""Queue items and task states on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from scribe.gateway.web.fields import NOT_BLANK, NotBlank

Status = Literal["pending", "processing", "completed", "failed"]
TemplateText = Annotated[str, Field(min_length=10, max_length=10_000, json_schema_extra=NOT_BLANK), NotBlank]
RecipientName = Annotated[str, Field(min_length=2, max_length=255, json_schema_extra=NOT_BLANK), NotBlank]
RecipientInterest = Annotated[str, Field(min_length=2, max_length=500, json_schema_extra=NOT_BLANK), NotBlank]


class Recipient(BaseModel):
    """Whom an e-mail is for."""

    recipient_name: RecipientName = Field(examples=["Adrian Del Maestro"])
    recipient_interest: RecipientInterest = Field(examples=["quantum Monte Carlo of helium-4"])


class Generate(Recipient):
    """One e-mail to write."""

    email_template: TemplateText = Field(examples=["Dear {{name}}, I read your paper {{paper}} …"])


Warnings = Annotated[
    list[str], Field(default_factory=list, description="What may not be as the user thinks; left out where empty.")
]


class Accepted(BaseModel):
    """The task that was made of a submission."""

    task_id: UUID
    warnings: Warnings


class Batch(BaseModel):
    """Many e-mails from one template."""

    items: Annotated[list[Recipient], Field(min_length=1, max_length=100)]
    email_template: TemplateText = Field(examples=["Dear {{name}}, I read your paper {{paper}} …"])


class BatchAccepted(BaseModel):
    """The ids of the items, in the order of the batch."""

    queue_item_ids: list[UUID]
    message: str
    warnings: Warnings


class Message(BaseModel):
    """A sentence."""

    message: str


class QueueItem(BaseModel):
    """One e-mail on its way."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    recipient_name: str
    recipient_interest: str
    status: Status
    position: int | None = Field(
        None,
        ge=1,
        description="How many e-mails are written before this one, and it; of one at `arxiv_helper`, how many authors "
        "are looked up on arXiv before.",
    )
    email_id: UUID | None
    error_message: str | None
    current_step: str | None
    notice: str | None = Field(
        None, description="What the e-mail waits for, where a service does not answer: one sentence to show."
    )
    attempt: int
    step_timings: dict[str, float]
    skipped_steps: list[str]
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None


class TaskStatus(BaseModel):
    """The state of a task, in the contract's terms."""

    task_id: UUID
    status: Literal["PENDING", "STARTED", "SUCCESS", "FAILURE"]
    result: dict[str, object] | None = None
    error: str | None = None
