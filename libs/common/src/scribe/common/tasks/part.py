"""What every part of a task's data has in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen piece of the pipeline's data that keeps fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="allow")
