"""What the writer's model answers."""

import unicodedata

from pydantic import BaseModel, ConfigDict, Field


class Draft(BaseModel):
    """The finished e-mail."""

    model_config = ConfigDict(frozen=True)

    source_ids: list[str] = Field(
        default_factory=list, description="The ids of the facts and papers that the e-mail will use, chosen first."
    )
    subject: str | None = Field(None, description="The subject line, if the template has one, else null.")
    body: str = Field(description="The whole e-mail.")

    @property
    def plain(self) -> str:
        """The body as `legible` has it, for checks that look for characters."""
        return legible(self.body)


def legible(text: str) -> str:
    """The text as a program may take it: compatibility forms alike, nothing invisible, `。` as a full stop."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text).replace("。", ".")
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")
