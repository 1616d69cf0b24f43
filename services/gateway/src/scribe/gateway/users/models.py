"""Users on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict


def not_blank(text: str) -> str:
    """Refuse a text of white space, and what PostgreSQL cannot store."""
    if not text.strip():
        raise ValueError("must not be blank")
    return no_nul(text)


def no_nul(text: str) -> str:
    """Refuse U+0000, which PostgreSQL cannot store, and lone surrogates, which UTF-8 cannot."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain NUL or lone surrogates")
    return text


NotBlank = AfterValidator(not_blank)
NOT_BLANK: JsonDict = {"pattern": r"[^\s\x1c-\x1f\x85]"}
"""What `NotBlank` means in a JSON schema, whose dialects of `\\s` lack some of Python's."""
Storable = AfterValidator(no_nul)


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
