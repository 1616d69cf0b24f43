"""The models of pydantic-ai by their names. A provider's client is imported only where a model of it is configured."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from pydantic_ai.models import Model, infer_model
from pydantic_ai.providers import Provider, infer_provider_class

from scribe.common.errors import ConfigurationError
from scribe.common.models.settings import ProviderSettings, provider_of


@asynccontextmanager
async def open_provider_models(names: tuple[str, ...], settings: ProviderSettings) -> AsyncIterator[dict[str, Model]]:
    """The model behind each `provider:model`, over one client for each provider.

    Raises:
        ConfigurationError: a provider's key is missing, or the name is none.
    """
    async with AsyncExitStack() as stack:
        providers: dict[str, Provider] = {}
        for name in dict.fromkeys(_provider_of(name) for name in names):
            providers[name] = await stack.enter_async_context(_open_provider(name, settings))
        yield {name: infer_model(name, providers.__getitem__) for name in names}


@asynccontextmanager
async def _open_provider(name: str, settings: ProviderSettings) -> AsyncIterator[Provider]:
    key = settings.key_of(name).get_secret_value()
    create: Callable[..., Provider] = infer_provider_class(name)
    async with create(api_key=key) as provider:
        provider.client.base_url = settings.endpoint(name).base_url
        yield _without_spans(provider) if name == "anthropic" else provider


def _without_spans(anthropic: Provider) -> Provider:
    """Anthropic's client makes spans of its own, into which an environment variable can put whole prompts."""
    create: Callable[..., Provider] = type(anthropic)
    return create(anthropic_client=anthropic.client.with_options(open_telemetry=False))


def _provider_of(name: str) -> str:
    try:
        return provider_of(name)
    except ValueError as error:
        raise ConfigurationError(f"{name!r}: {error}") from error
