"""Settings of the composer."""

from pydantic import Field

from scribe.common.models import ModelChoice, ModelName, ModelNames, ProviderSettings
from scribe.common.process.settings import DatabaseSettings
from scribe.common.worker.settings import WorkerSettings


class ComposerSettings(WorkerSettings, DatabaseSettings, ProviderSettings):
    """What the composer reads from the environment."""

    composer_model: ModelName = Field(
        "anthropic:claude-sonnet-4-6", description="The composer's model, `provider:model`; a good one."
    )
    composer_fallback_models: ModelNames = Field(
        (), description="Models to try when it does not answer, comma-separated."
    )
    composer_max_tokens: int = Field(6000, ge=512, description="Most tokens of one answer.")
    composer_model_timeout: float = Field(35.0, gt=0, description="Seconds that one request to a model may take.")

    @property
    def models(self) -> ModelChoice:
        """The models that answer, in order."""
        names = (self.composer_model, *self.composer_fallback_models)
        return ModelChoice(names, max_tokens=self.composer_max_tokens, timeout=self.composer_model_timeout)
