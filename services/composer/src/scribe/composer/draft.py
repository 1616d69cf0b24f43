"""What the model writes."""

from pydantic import BaseModel, ConfigDict, Field


class DraftClaim(BaseModel):
    """A sentence of the body, and the facts and papers it rests on."""

    model_config = ConfigDict(frozen=True)

    sentence: str
    source_ids: list[str] = Field(default_factory=list)


class Draft(BaseModel):
    """The finished e-mail."""

    model_config = ConfigDict(frozen=True)

    subject: str | None = None
    body: str
    claims: list[DraftClaim] = Field(default_factory=list)
