"""Settings of every process: read once from the environment in `__main__`, frozen, passed down.

Names are `SCRIBE_<FIELD>`, and the vendors' own where they have one (`ANTHROPIC_API_KEY`). A value that cannot be used
is one sentence on stderr and exit code 2, never a stack trace.
"""

import sys
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What all processes read."""

    model_config = SettingsConfigDict(
        env_prefix="SCRIBE_", frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="`json`, or `console` for reading by eye.")
    stand_ins: bool = Field(False, description="The outside world is played by stand-ins; outputs say so.")


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def load(settings: type[SettingsT]) -> SettingsT:
    """The settings of this process, or exit code 2 with one line for each value that cannot be used."""
    try:
        return settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            print(_sentence(problem["loc"], problem["msg"]), file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    """What is wrong with one setting, or with several that do not go together, which have no location."""
    name = ".".join(str(part) for part in location)
    return f"setting {_environment_name(name)}: {message}" if name else f"settings: {message}"


def _environment_name(location: str) -> str:
    return location if location.isupper() else f"SCRIBE_{location.upper()}"
