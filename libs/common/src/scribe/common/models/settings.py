"""Which models answer, and how their providers are reached."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from scribe.common.errors import ConfigurationError
from scribe.common.settings import Settings

PROVIDERS = ("anthropic", "fireworks")
"""Providers by the names that pydantic-ai gives them."""


def provider_of(name: str) -> str:
    """The provider in `provider:model`.

    Raises:
        ValueError: the name has another form, or the provider is not known.
    """
    provider, colon, model = name.partition(":")
    if not colon or not model.strip() or provider not in PROVIDERS:
        raise ValueError(f"name a model as provider:model, with one of {', '.join(PROVIDERS)} as the provider")
    return provider


def _checked(name: str) -> str:
    provider_of(name)
    return name


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


ModelName = Annotated[str, AfterValidator(_checked)]
"""`provider:model`, such as `anthropic:claude-haiku-5-5`."""

ModelNames = Annotated[tuple[ModelName, ...], NoDecode, BeforeValidator(_split)]
"""A comma-separated list of them."""


@dataclass(frozen=True)
class Endpoint:
    """Where a provider's API is, and the key to it."""

    base_url: str
    api_key: SecretStr | None


class ProviderSettings(Settings):
    """Keys and addresses of the model providers; only the providers that a model names need a key."""

    anthropic_api_key: SecretStr | None = Field(
        None,
        description="API key of Anthropic.",
        validation_alias=AliasChoices("SCRIBE_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
    )
    anthropic_base_url: str = Field(
        "https://api.anthropic.com",
        description="Address of Anthropic's API.",
        validation_alias=AliasChoices("SCRIBE_ANTHROPIC_BASE_URL", "ANTHROPIC_BASE_URL"),
    )
    fireworks_api_key: SecretStr | None = Field(
        None,
        description="API key of Fireworks.",
        validation_alias=AliasChoices("SCRIBE_FIREWORKS_API_KEY", "FIREWORKS_API_KEY"),
    )
    fireworks_base_url: str = Field(
        "https://api.fireworks.ai/inference/v1",
        description="Address of Fireworks' OpenAI-compatible API.",
        validation_alias=AliasChoices("SCRIBE_FIREWORKS_BASE_URL", "FIREWORKS_BASE_URL"),
    )

    def endpoint(self, provider: str) -> Endpoint:
        """How one of PROVIDERS is reached."""
        return {
            "anthropic": Endpoint(self.anthropic_base_url, self.anthropic_api_key),
            "fireworks": Endpoint(self.fireworks_base_url, self.fireworks_api_key),
        }[provider]

    def key_of(self, provider: str) -> SecretStr:
        """The key to one of PROVIDERS.

        Raises:
            ConfigurationError: there is none.
        """
        key = self.endpoint(provider).api_key
        if key is None:
            raise ConfigurationError(f"a model of {provider} is configured; set {provider.upper()}_API_KEY")
        return key


@dataclass(frozen=True)
class ModelChoice:
    """The models that may answer, the preferred one first; each request ends within `timeout` seconds."""

    names: tuple[str, ...]
    max_tokens: int = 4096
    timeout: float = 30.0
