"""What the gateway reads."""

from typing import Annotated, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from scribe.common.http.guard import GuardSettings
from scribe.common.messaging.provision import ProvisionSettings
from scribe.common.models.settings import ModelChoice, ModelName, ModelNames, ProviderSettings
from scribe.common.process.protocol import Bounds
from scribe.common.process.settings import DatabaseSettings
from scribe.common.tasks.route import ROUTE
from scribe.gateway.template_writer.documents import FETCH_DEADLINE, PARSE_DEADLINE


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


def _origin(text: str) -> str:
    """An origin as browsers send it; a slash at its end is taken off."""
    parts = urlsplit(text)
    if text == "*" or parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(f"{text!r} is no origin: write it as https://app.example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}".lower()


Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_split)]
Ids = Annotated[frozenset[UUID], NoDecode, BeforeValidator(_split)]


class GatewaySettings(ProvisionSettings, DatabaseSettings, ProviderSettings, GuardSettings):
    """Settings of the gateway; times are in seconds, sizes in bytes."""

    host: str = Field("0.0.0.0", description="Address of the REST API.")  # noqa: S104 - a pod's port
    port: int = Field(8000, ge=0, le=65535, description="Port of the REST API; 0 chooses a free one.")
    probe_port: int = Field(
        8080, ge=0, le=65535, description="Port of the probes and metrics, for the cluster alone; 0 chooses a free one."
    )
    cors_origins: Origins = Field(
        (),
        description="Comma-separated origins that browsers may call from: `https://app.example.org`, without a path.",
    )
    docs: bool = Field(True, description="Serve the API's documentation at /docs.")

    users_database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL URL for requests of users, whose login (role `scribe_user`) sees one user's rows at a"
        " time; without it they use `SCRIBE_DATABASE_URL`.",
    )
    supabase_url: str = Field(
        description="URL of the Supabase project; issuer and keys of the tokens follow from it.",
        validation_alias=AliasChoices("SCRIBE_SUPABASE_URL", "SUPABASE_URL"),
    )
    jwt_secret: SecretStr | None = Field(
        None,
        description="Secret of HS256 tokens, two while one takes the other's place, separated by a space; without it"
        " they are refused.",
    )
    admin_user_ids: Ids = Field(frozenset(), description="Comma-separated ids of administrators.")

    in_flight_per_user: int = Field(96, ge=1, description="Items of one user in the pipeline at once.")
    in_flight: int = Field(
        sum(step.concurrency for step in ROUTE),
        ge=1,
        description="Items in the pipeline at once: the sum of `SCRIBE_CONCURRENCY` over the workers of all steps.",
    )
    pending_per_user: int = Field(10_000, ge=1, description="Items that one user may have waiting.")
    relay_interval: float = Field(1.0, gt=0, description="Seconds between two looks of an idle relay.")
    reconcile_interval: float = Field(30.0, gt=0, description="Seconds between two rounds of the reconciler.")
    stale_after: float = Field(180.0, gt=0, description="Seconds without progress after which an item is re-issued.")

    answers_kept: float = Field(
        60.0,
        ge=0,
        description="Seconds for which what an item has paid for is kept after its end, when a step may be being done"
        " again.",
    )
    history_days: int = Field(
        0,
        ge=0,
        description="Days for which items that have ended stay in `queue_items`; their e-mails stay in any case. "
        "0: for ever, because the administrators' figures count them.",
    )

    generate_per_minute: int = Field(60, ge=1, description="Calls of generate that one user may make in a minute.")
    batches_per_minute: int = Field(20, ge=1, description="Batches that one user may submit in a minute.")
    templates_per_hour: int = Field(10, ge=1, description="Templates that one user may have written in an hour.")
    request_max_bytes: int = Field(2 * 1024 * 1024, ge=1024, description="Size limit of a request's body, bytes.")
    max_connections: int = Field(2048, ge=16, description="Connections that one process keeps open at once.")
    streams_per_user: int = Field(6, ge=1, description="Event streams that one user may keep open.")
    ping_interval: float = Field(15.0, gt=0, description="Seconds between two comments on a quiet event stream.")

    template_model: ModelName = Field(
        "anthropic:claude-sonnet-5-5", description="Model that writes templates from a PDF."
    )
    template_fallback_models: ModelNames = Field((), description="Models that take over, comma-separated.")
    template_timeout: float = Field(45.0, gt=0, description="Seconds that writing a template may take.")

    @model_validator(mode="after")
    def raise_if_one_user_may_have_more_than_all(self) -> Self:
        """Refuse a share of one user, where somebody has set it, that is larger than the whole.

        Raises:
            ValueError: it is; the sentence says both numbers.
        """
        if "in_flight_per_user" in self.model_fields_set and self.in_flight_per_user > self.in_flight:
            raise ValueError(
                f"SCRIBE_IN_FLIGHT_PER_USER is {self.in_flight_per_user}, but all users together may have "
                f"{self.in_flight} items in the pipeline (SCRIBE_IN_FLIGHT): raise the second or lower the first"
            )
        return self

    @property
    def loops_pool_size(self) -> int:
        """Connections of the loops and of administrators: a third, where users' requests have a login of their own."""
        return max(1, self.database_pool_size // 3) if self.users_database_url else self.database_pool_size

    @property
    def users_pool_size(self) -> int:
        """Connections of users' requests, where they have a login of their own."""
        return max(1, self.database_pool_size - self.loops_pool_size)

    @property
    def shutdown_grace(self) -> float:
        """Seconds from SIGTERM in which requests are still answered: the longest one writes a template from a PDF."""
        return self.template_timeout + FETCH_DEADLINE + 2 * PARSE_DEADLINE

    @property
    def template_models(self) -> ModelChoice:
        """The models that write templates."""
        return ModelChoice((self.template_model, *self.template_fallback_models), timeout=self.template_timeout)

    @property
    def connection_bounds(self) -> Bounds:
        """Bounds on what clients can make this process hold or wait for."""
        return Bounds(connections=self.max_connections)

    @property
    def issuer(self) -> str:
        """The issuer that a token must name."""
        return f"{self.supabase_url.rstrip('/')}/auth/v1"
