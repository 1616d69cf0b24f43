"""The providers of models, each in a module that is loaded when a model of it is named: their clients are large."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Protocol, cast

from pydantic import SecretStr
from pydantic_ai.models import Model

from scribe.common.errors import ConfigurationError
from scribe.common.models.settings import ProviderSettings, provider_of


class ProviderModule(Protocol):
    """What the module of a provider holds."""

    def open_models(
        self, key: str, base_url: str, timeout: float
    ) -> AbstractAsyncContextManager[Callable[[str], Model]]:
        """What gives a model by its name, over one client."""


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
        opened: dict[str, Callable[[str], Model]] = {}
        for provider in dict.fromkeys(providers.values()):
            opened[provider] = await stack.enter_async_context(_open(provider, settings, timeout))
        yield {name: opened[provider](name.partition(":")[2]) for name, provider in providers.items()}


def _provider(name: str) -> str:
    try:
        return provider_of(name)
    except ValueError as error:
        raise ConfigurationError(f"{name!r}: {error}") from error


def _open(
    provider: str, settings: ProviderSettings, timeout: float
) -> AbstractAsyncContextManager[Callable[[str], Model]]:
    keys = {"anthropic": settings.anthropic_api_key, "fireworks": settings.fireworks_api_key}
    addresses = {"anthropic": settings.anthropic_base_url, "fireworks": settings.fireworks_base_url}
    module = cast("ProviderModule", import_module(f"scribe.common.models.{provider}_provider"))
    return module.open_models(_key(provider, keys[provider]), addresses[provider], timeout)


def _key(provider: str, key: SecretStr | None) -> str:
    if key is None:
        raise ConfigurationError(f"a model of {provider} is configured; set {provider.upper()}_API_KEY")
    return key.get_secret_value()
