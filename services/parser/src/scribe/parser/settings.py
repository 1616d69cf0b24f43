"""Settings of the parser."""

from pydantic import Field

from scribe.common.models import ModelChoice, ModelName, ModelNames, ProviderSettings
from scribe.common.worker.settings import WorkerSettings


class ParserSettings(WorkerSettings, ProviderSettings):
    """What the parser reads from the environment."""

    parser_model: ModelName = Field(
        "anthropic:claude-haiku-5-5", description="The parser's model, `provider:model`; a cheap one will do."
    )
    parser_fallback_models: ModelNames = Field(
        (), description="Models to try when it does not answer, comma-separated."
    )
    parser_max_tokens: int = Field(2048, ge=256, description="Most tokens of one answer.")
    parser_model_timeout: float = Field(25.0, gt=0, description="Seconds that one request to a model may take.")

    @property
    def models(self) -> ModelChoice:
        """The models that answer, in order."""
        names = (self.parser_model, *self.parser_fallback_models)
        return ModelChoice(names, max_tokens=self.parser_max_tokens, timeout=self.parser_model_timeout)
