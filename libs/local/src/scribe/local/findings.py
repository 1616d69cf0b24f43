"""What `scribe doctor` found at one place."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Finding(BaseModel):
    """What was found. `note` is worth knowing and nothing that must be mended."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: Literal["ok", "note", "bad"]
    found: str
    remedy: str = ""
