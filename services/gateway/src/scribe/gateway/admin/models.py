"""What administrators see, on the wire."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from scribe.common.tasks.data import TemplateType
from scribe.gateway.queue.models import Status


class Overview(BaseModel):
    """The whole platform in numbers; rates in per cent, two decimals."""

    total_users: int
    total_emails: int
    success_rate: float
    avg_gen_time_seconds: float
    total_templates: int
    confidence_rate: float
    error_count: int
    emails_this_week: int
    active_users_this_week: int


class AdminUser(BaseModel):
    """A user with what they have done."""

    id: UUID
    email: str
    display_name: str | None
    generation_count: int
    template_count: int
    onboarded: bool
    created_at: datetime
    actual_email_count: int
    queue_submissions: int
    failed_count: int
    email_template: str | None


class AdminEmail(BaseModel):
    """An e-mail of some user."""

    id: UUID
    recipient_name: str
    recipient_interest: str
    email_message: str
    template_type: TemplateType
    is_confident: bool
    metadata: dict[str, object] | None
    created_at: datetime


class AdminEmailPage(BaseModel):
    """One page of them."""

    items: list[AdminEmail]
    total: int
    page: int
    per_page: int
    pages: int


class AdminTemplate(BaseModel):
    """A template of some user."""

    id: UUID
    template_text: str
    user_instructions: str
    pdf_url: str
    created_at: datetime


class AdminQueueItem(BaseModel):
    """An item of some user."""

    id: UUID
    recipient_name: str
    recipient_interest: str
    status: Status
    current_step: str | None
    error_message: str | None
    started_at: datetime | None
    completed_at: datetime | None
    created_at: datetime


class Week(BaseModel):
    """One week's work; `week` is its Monday."""

    week: date
    emails_generated: int
    active_users: int


class AdminError(BaseModel):
    """A failed item and whose it is."""

    id: UUID
    user_email: str
    user_display_name: str | None
    recipient_name: str
    current_step: str | None
    error_message: str | None
    created_at: datetime
    started_at: datetime | None


class DeadLetter(BaseModel):
    """A message that no attempt could finish. `id` is its place in DEADLETTER; `service` is the name of the step
    in metrics, alerts, logs and subjects.
    """

    id: int
    step: str
    service: str
    task_id: str
    reason: str
    error_class: str
    attempts: int
    created_at: datetime | None


class StepState(BaseModel):
    """One step's work: messages waiting, deliveries under way, items that wait for a service that does not answer, and
    the age of the oldest item in seconds. `service` is the step's name in metrics, alerts, logs and subjects.
    """

    step: str
    service: str
    depth: int
    in_flight: int
    redelivered: int
    paused: int
    oldest_age: float | None
