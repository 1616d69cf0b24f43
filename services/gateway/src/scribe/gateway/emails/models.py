"""E-mails on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scribe.common.pipeline import TemplateType
from scribe.gateway.users.models import NotBlank


class Email(BaseModel):
    """A written e-mail, with all that is known about its making."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    recipient_name: str
    recipient_interest: str
    email_message: str
    template_type: TemplateType
    metadata: dict[str, object] | None
    is_confident: bool
    displayed: bool
    created_at: datetime


class EmailUpdate(BaseModel):
    """What a user may change."""

    displayed: bool | None = Field(None, description="false discards the e-mail from the list.")
    email_message: Annotated[str, Field(min_length=1, max_length=20_000), NotBlank] | None = Field(
        None, description="The user's own edit."
    )

    @model_validator(mode="after")
    def _something(self) -> "EmailUpdate":
        if self.displayed is None and self.email_message is None:
            raise ValueError("name displayed or email_message")
        return self
