"""Settings of the composer."""

from typing import Literal

from pydantic import AliasChoices, Field, SecretStr

from scribe.common.models import ModelChoice, ModelName, ModelNames, ProviderSettings
from scribe.common.process.settings import DatabaseSettings
from scribe.common.worker.settings import WorkerSettings


class ComposerSettings(WorkerSettings, DatabaseSettings, ProviderSettings):
    """What the composer reads from the environment."""

    database_url: SecretStr = Field(
        description="PostgreSQL URL of the composer's own login (role `scribe_composer`), or of the gateway's.",
        validation_alias=AliasChoices("SCRIBE_COMPOSER_DATABASE_URL", "SCRIBE_DATABASE_URL", "DATABASE_URL"),
    )
    concurrency: int = Field(40, ge=1, le=256, description="Deliveries that one composer has in progress at once.")
    composer_model: ModelName = Field(
        "anthropic:claude-sonnet-5-5", description="The composer's model, `provider:model`; a good one."
    )
    composer_fallback_models: ModelNames = Field(
        (), description="Models to try when it does not answer, comma-separated."
    )
    composer_max_tokens: int = Field(6000, ge=512, description="Most tokens of one answer.")
    composer_model_timeout: float = Field(35.0, gt=0, description="Seconds that one request to a model may take.")
    checker_model: ModelName | Literal["none"] = Field(
        "anthropic:claude-haiku-5-5",
        description="The model that judges each sentence of an e-mail against the evidence, `provider:model`; a cheap "
        "one will do. `none`: nobody does, no e-mail is confident, and each carries a warning.",
    )
    checker_fallback_models: ModelNames = Field(
        (), description="Models to try when it does not answer, comma-separated."
    )
    checker_max_tokens: int = Field(4000, ge=512, description="Most tokens of one answer.")
    checker_model_timeout: float = Field(25.0, gt=0, description="Seconds that one request to a model may take.")

    @property
    def models(self) -> ModelChoice:
        """The models that write, in order."""
        names = (self.composer_model, *self.composer_fallback_models)
        return ModelChoice(names, max_tokens=self.composer_max_tokens, timeout=self.composer_model_timeout)

    @property
    def checker_models(self) -> ModelChoice | None:
        """The models that judge, in order; None where nobody is to judge."""
        if self.checker_model == "none":
            return None
        names = (self.checker_model, *self.checker_fallback_models)
        return ModelChoice(names, max_tokens=self.checker_max_tokens, timeout=self.checker_model_timeout)
