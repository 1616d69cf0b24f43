"""The clients of the model providers. Their own retries are off: the pipeline's are the only ones."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from anthropic import AsyncAnthropic, OpenTelemetryOptions
from openai import AsyncOpenAI
from pydantic import SecretStr
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.fireworks import FireworksProvider

from scribe.common.errors import ConfigurationError
from scribe.common.models.settings import ProviderSettings, provider_of

NO_SPANS: OpenTelemetryOptions = {"traces": {"enabled": False}, "propagation": False}
"""`spans.asking` describes a request; an environment variable could make the client's own span hold prompts."""


@asynccontextmanager
async def open_provider_models(
    names: tuple[str, ...], settings: ProviderSettings, timeout: float
) -> AsyncIterator[dict[str, Model]]:
    """The model behind each `provider:model`, over one client for each provider.

    Raises:
        ConfigurationError: a provider's key is missing, or the name is none.
    """
    async with AsyncExitStack() as stack:
        providers = {name: _provider(name) for name in names}
        clients: dict[str, AnthropicProvider | FireworksProvider] = {}
        for provider in dict.fromkeys(providers.values()):
            clients[provider] = await _open_client(provider, settings, timeout, stack)
        yield {name: _model(name, clients[provider]) for name, provider in providers.items()}


def _provider(name: str) -> str:
    try:
        return provider_of(name)
    except ValueError as error:
        raise ConfigurationError(f"{name!r}: {error}") from error


async def _open_client(
    provider: str, settings: ProviderSettings, timeout: float, stack: AsyncExitStack
) -> AnthropicProvider | FireworksProvider:
    if provider == "anthropic":
        anthropic = AsyncAnthropic(
            api_key=_key(provider, settings.anthropic_api_key),
            base_url=settings.anthropic_base_url,
            timeout=timeout,
            max_retries=0,
            open_telemetry=NO_SPANS,
        )
        return AnthropicProvider(anthropic_client=await stack.enter_async_context(anthropic))
    openai = AsyncOpenAI(
        api_key=_key(provider, settings.fireworks_api_key),
        base_url=settings.fireworks_base_url,
        timeout=timeout,
        max_retries=0,
    )
    return FireworksProvider(openai_client=await stack.enter_async_context(openai))


def _key(provider: str, key: SecretStr | None) -> str:
    if key is None:
        raise ConfigurationError(f"a model of {provider} is configured; set {provider.upper()}_API_KEY")
    return key.get_secret_value()


def _model(name: str, provider: AnthropicProvider | FireworksProvider) -> Model:
    model = name.partition(":")[2]
    if isinstance(provider, AnthropicProvider):
        return AnthropicModel(model, provider=provider)
    return OpenAIChatModel(model, provider=provider)
