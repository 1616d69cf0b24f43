"""Templates on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from scribe.gateway.web.fields import NOT_BLANK, NotBlank

MAX_URL = 2048
HTTPS: JsonDict = {"pattern": r"^https://[^\s\x00-\x1f]+$"}
"""What may be fetched without an exception of the guard, in a JSON schema."""


def web_url(text: str) -> str:
    """Refuse what is no URL of a page; whether it may be fetched, or be `http`, is the guard's to say."""
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in ("http", "https") or not rest or any(c.isspace() or ord(c) < 32 for c in text):
        raise ValueError("must be an https URL")
    return text


class Template(BaseModel):
    """A template that was written from a PDF."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    pdf_url: str
    template_text: str
    user_instructions: str
    created_at: datetime


class TemplateRequest(BaseModel):
    """What a template is to be written from."""

    pdf_url: Annotated[str, Field(max_length=MAX_URL, json_schema_extra=HTTPS), AfterValidator(web_url), NotBlank] = (
        Field(examples=["https://example.org/resume.pdf"])
    )
    user_instructions: Annotated[str, Field(min_length=10, max_length=2000, json_schema_extra=NOT_BLANK), NotBlank] = (
        Field(examples=["Ask for a research internship in the summer; friendly, not stiff."])
    )
