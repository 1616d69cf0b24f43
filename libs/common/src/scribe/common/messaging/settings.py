"""Settings of every process that talks to NATS."""

from pydantic import AliasChoices, Field, SecretStr

from scribe.common.messaging.streams import MIB, StreamLimits
from scribe.common.settings import Settings


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
    nats_nkey_file: str | None = Field(None, description="Path of the file with the service's NATS nkey seed.")
    nats_api_prefix: str = Field(
        "$JS.API",
        pattern=r"^[^\s*>]+$",
        description="Where JetStream's API is: `SCRIBE.API` with the accounts of docs/howto/production-nats.md.",
    )
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
