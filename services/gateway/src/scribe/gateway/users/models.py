"""Users on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from scribe.gateway.web.fields import NOT_BLANK, NotBlank, Storable


class User(BaseModel):
    """A user."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    display_name: str | None
    generation_count: int
    template_count: int
    onboarded: bool
    email_template: str | None
    created_at: datetime


class UserInit(BaseModel):
    """What a new user may say about themselves."""

    display_name: Annotated[str, Field(max_length=255), Storable] | None = Field(None, examples=["Sam Rivera"])


class TemplateUpdate(BaseModel):
    """The user's own template."""

    template: Annotated[str, Field(min_length=1, max_length=10_000, json_schema_extra=NOT_BLANK), NotBlank] = Field(
        examples=["Dear {{name}}, I read your work on {{topic}} …"]
    )
