"""The models of pydantic-ai by their names. A provider's client is imported only where a model of it is configured."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from pydantic_ai.models import Model, infer_model
from pydantic_ai.providers import Provider, infer_provider_class

from scribe.common.errors import ConfigurationError
from scribe.common.models.settings import ProviderSettings, provider_of


class VendorClient(Protocol):
    """What the vendors' clients have in common: the key is read with every request."""

    api_key: str | None


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


def use_current_key(model: Model, provider: str, settings: ProviderSettings) -> None:
    """Let the next request of a model have the key that is there now, which may be another than at the start."""
    client: VendorClient = model.client  # type: ignore[attr-defined]  # every vendor's model has one
    client.api_key = settings.current_secret(f"{provider}_api_key")


def _without_spans(anthropic: Provider) -> Provider:
    """Anthropic's client makes spans of its own, into which an environment variable can put whole prompts."""
    create: Callable[..., Provider] = type(anthropic)
    return create(anthropic_client=anthropic.client.with_options(open_telemetry=False))


def _provider_of(name: str) -> str:
    try:
        return provider_of(name)
    except ValueError as error:
        raise ConfigurationError(f"{name!r}: {error}") from error
