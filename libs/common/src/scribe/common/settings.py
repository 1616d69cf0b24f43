"""Settings of every process: read once from the environment in `__main__`, frozen, passed down.

Names are `SCRIBE_<FIELD>`, and the vendors' own where they have one (`ANTHROPIC_API_KEY`). A value that cannot be used
is one sentence on stderr and exit code 2, never a stack trace. Secrets may be files named so in a folder, as Kubernetes
mounts them; they are read again at each use (`current_secret`), so that they can change without a restart.
"""

import os
import sys
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

SECRETS_DIR = "SCRIBE_SECRETS_DIR"


class Settings(BaseSettings):
    """What all processes read."""

    model_config = SettingsConfigDict(
        env_prefix="SCRIBE_", frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="`json`, or `console` for reading by eye.")
    stand_ins: bool = Field(False, description="The outside world is played by stand-ins; outputs say so.")
    secrets_dir: Path | None = Field(
        None,
        description="Folder of files named as the variables of secrets (`SCRIBE_DATABASE_URL`, `ANTHROPIC_API_KEY`, "
        "…). They go before the variables, and a change is seen without a restart.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Files go before variables, at the start as later."""
        return init_settings, file_secret_settings, env_settings

    def current_secret(self, field: str) -> str:
        """A secret as it is now: the text of its file, which may have changed, else what was read at the start.

        Empty where it was not set.
        """
        if self.secrets_dir is not None:
            for file in (self.secrets_dir / name for name in self.names_of(field)):
                if file.is_file():
                    return file.read_text("utf-8").strip()
        value: SecretStr | None = getattr(self, field)
        return value.get_secret_value() if value else ""

    @classmethod
    def names_of(cls, field: str) -> list[str]:
        """The names of a field's variable, or file; the first is ours."""
        alias = cls.model_fields[field].validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [_environment_name(field)]
        return [name for name in names if isinstance(name, str)]


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def load(settings: type[SettingsT]) -> SettingsT:
    """The settings of this process, or exit code 2 with one line for each value that cannot be used."""
    try:
        return settings(_secrets_dir=os.environ.get(SECRETS_DIR) or None)
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
