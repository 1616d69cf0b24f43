"""E-mails on the wire."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scribe.common.tasks.data import TemplateType
from scribe.gateway.web.fields import NOT_BLANK, NotBlank


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

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["displayed"]}, {"required": ["email_message"]}]},
    )

    # Neither may be null: a field that is not to change is left out.
    displayed: bool = Field(
        default=cast("bool", None), strict=True, description="false discards the e-mail from the list."
    )
    email_message: Annotated[
        str,
        Field(min_length=1, max_length=20_000, json_schema_extra=NOT_BLANK, description="The user's own edit."),
        NotBlank,
    ] = cast("str", None)

    @model_validator(mode="after")
    def _something(self) -> "EmailUpdate":
        if not self.model_fields_set & {"displayed", "email_message"}:
            raise ValueError("name displayed or email_message")
        return self
