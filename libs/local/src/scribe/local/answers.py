"""What the gateway answers, as far as the command line reads it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

REMOVED = "removed"
"""The status, here alone, of an item that its user has taken out of the queue."""
TERMINAL = ("completed", "failed", REMOVED)


class Lenient(BaseModel):
    """A part of an answer; what is not listed is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Item(Lenient):
    """One e-mail on its way."""

    id: UUID
    recipient_name: str = ""
    recipient_interest: str = ""
    status: str
    created_at: datetime | None = None
    cancelled_at: datetime | None = None
    current_step: str | None = None
    position: int | None = None
    notice: str | None = None
    attempt: int = 0
    step_timings: Mapping[str, float] = Field(default_factory=dict)
    skipped_steps: tuple[str, ...] = ()
    email_id: UUID | None = None
    error_message: str | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.status in TERMINAL

    @property
    def outcome(self) -> str:
        """The status in a word for a person; to the gateway a cancelled item is one that failed."""
        return "cancelled" if self.cancelled_at else self.status


class CitedSource(Lenient):
    """A source that was read, or that a sentence rests on."""

    url: str | None = None
    title: str = ""


class Claim(Lenient):
    """A sentence and what it rests on."""

    sentence: str
    sources: tuple[CitedSource, ...] = ()


class CitedPaper(CitedSource):
    """A paper that was found."""

    year: int | None = None


class Spent(Lenient):
    """Tokens and money; a cost that is not known is None."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class Usage(Lenient):
    """What the e-mail cost in total."""

    total: Spent = Spent()


class Metadata(Lenient):
    """How the e-mail came about."""

    sources: tuple[CitedSource, ...] = ()
    arxiv_papers: tuple[CitedPaper, ...] = ()
    claims: tuple[Claim, ...] = ()
    warnings: tuple[str, ...] = ()
    usage: Usage = Usage()


class Email(Lenient):
    """A written e-mail."""

    id: UUID
    recipient_name: str = ""
    recipient_interest: str = ""
    email_message: str
    template_type: str
    is_confident: bool
    metadata: Metadata = Metadata()


class DeadLetter(Lenient):
    """A dead letter, in words for the operator."""

    id: int
    task_id: str
    step: str
    reason: str
    error_class: str = ""
    attempts: int = 0
    created_at: datetime | None = None

    def has_cause(self, cause: str) -> bool:
        """Whether this is its error class, or its reason has these words."""
        return cause == self.error_class or cause.casefold() in self.reason.casefold()
