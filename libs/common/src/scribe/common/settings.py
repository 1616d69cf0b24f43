"""Settings of every process: read once from the environment in `__main__`, frozen, passed down.

Names are `SCRIBE_<FIELD>`, and the vendors' own where they have one (`ANTHROPIC_API_KEY`). A value that cannot be used
is one sentence on stderr and exit code 2, never a stack trace.
"""

import sys
from typing import Literal, TypeVar

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scribe.common.streams import MIB, StreamLimits


class Settings(BaseSettings):
    """What all processes read."""

    model_config = SettingsConfigDict(
        env_prefix="SCRIBE_", frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="`json`, or `console` for reading by eye.")
    stand_ins: bool = Field(False, description="The outside world is played by stand-ins; outputs say so.")


class BrokerSettings(Settings):
    """How to reach NATS, and the limits of the streams."""

    nats_url: str = Field(
        "nats://127.0.0.1:4222",
        description="Comma-separated URLs of the NATS servers.",
        validation_alias=AliasChoices("SCRIBE_NATS_URL", "NATS_URL"),
    )
    nats_user: str | None = Field(None, description="User name for NATS, where it wants one.")
    nats_password: SecretStr | None = Field(None, description="Password for NATS, where it wants one.")
    nats_credentials_file: str | None = Field(None, description="Path of a NATS `.creds` file.")
    stream_replicas: int = Field(1, ge=1, le=5, description="Replicas of every stream and bucket.")
    pipeline_max_bytes: int = Field(1024 * MIB, ge=8 * MIB, description="Size limit of PIPELINE, bytes.")
    events_max_bytes: int = Field(256 * MIB, ge=MIB, description="Size limit of EVENTS, bytes.")
    deadletter_max_bytes: int = Field(256 * MIB, ge=MIB, description="Size limit of DEADLETTER, bytes.")

    @property
    def stream_limits(self) -> StreamLimits:
        """The operator's choices for the streams."""
        return StreamLimits(
            replicas=self.stream_replicas,
            pipeline_max_bytes=self.pipeline_max_bytes,
            events_max_bytes=self.events_max_bytes,
            deadletter_max_bytes=self.deadletter_max_bytes,
        )


class DatabaseSettings(Settings):
    """How to reach PostgreSQL."""

    database_url: SecretStr = Field(
        description="PostgreSQL URL, `postgresql://user:password@host:port/database`; a transaction pooler is fine.",
        validation_alias=AliasChoices("SCRIBE_DATABASE_URL", "DATABASE_URL"),
    )
    database_pool_size: int = Field(10, ge=1, le=100, description="Most connections that one process opens.")


class WorkerSettings(BrokerSettings):
    """What all workers read."""

    host: str = Field("0.0.0.0", description="Address of the probes and metrics.")  # noqa: S104 - a pod's port
    port: int = Field(8080, ge=0, le=65535, description="Port of the probes and metrics; 0 chooses a free one.")
    concurrency: int = Field(8, ge=1, le=256, description="Deliveries that one worker has in progress at once.")
    max_replicas: int = Field(8, ge=1, description="Most replicas of this worker; bounds the unacknowledged messages.")
    step_deadline: float = Field(120.0, gt=0, description="Seconds that one attempt of the step may take.")
    hold_limit: float = Field(600.0, gt=0, description="Seconds for which a message is held while NATS is away.")

    @property
    def slots(self) -> int:
        """Deliveries that all replicas together may have in progress."""
        return self.concurrency * self.max_replicas

    @property
    def shutdown_grace(self) -> float:
        """Seconds from SIGTERM to the end: the longest step and 15 s."""
        return self.step_deadline + 15.0


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def load(settings: type[SettingsT]) -> SettingsT:
    """The settings of this process, or exit code 2 with one line for each value that cannot be used."""
    try:
        return settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in problem["loc"])
            print(f"setting {_environment_name(name)}: {problem['msg']}", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


def _environment_name(location: str) -> str:
    return location if location.isupper() else f"SCRIBE_{location.upper()}"
