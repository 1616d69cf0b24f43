"""The models of pydantic-ai by their names. A provider's client is loaded with the first request to a model of it.

Anthropic's takes 40 MiB and a second and a half of CPU. A process that waits for work, or for a need of its fallback,
does without. What a start has to find, a missing key or a wrong name, is found at the start.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, infer_model
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.providers import Provider, infer_provider_class
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from scribe.common.errors import ConfigurationError
from scribe.common.models.settings import ProviderSettings, provider_of
from scribe.common.process.heap import loading


class VendorClient(Protocol):
    """What the vendors' clients have in common: the key is read with every request."""

    api_key: str | None


MAX_ADAPTED = 64
"""Output tools whose adapted schemas a model keeps; there is one for each type of answer."""


@dataclass(frozen=True)
class OpenedModel:
    """A model of pydantic-ai, which adapts the JSON schema of an answer to its API once, and not with every request.

    `adapting` is the model as pydantic-ai gives it, `model` the same one without a transformer of schemas: what
    `adapting` makes of a schema is sent as it is.
    """

    model: Model
    adapting: Model
    _adapted: dict[int, tuple[ToolDefinition, ToolDefinition]] = field(default_factory=dict, init=False)
    """By the id of a tool: the tool, which so keeps its id, and the tool as it is sent."""

    def adapted(self, parameters: ModelRequestParameters) -> ModelRequestParameters:
        """The parameters with each output tool as the provider takes it."""
        return replace(parameters, output_tools=[self._tool(tool) for tool in parameters.output_tools])

    def _tool(self, tool: ToolDefinition) -> ToolDefinition:
        if id(tool) not in self._adapted:
            if len(self._adapted) >= MAX_ADAPTED:
                self._adapted.clear()
            sent = self.adapting.customize_request_parameters(ModelRequestParameters(output_tools=[tool]))
            self._adapted[id(tool)] = (tool, sent.output_tools[0])
        return self._adapted[id(tool)][1]


class ProviderModel(Model):
    """A model by its name, `provider:model`, opened by its first request; each request has the key of its time."""

    def __init__(self, name: str, clients: "Clients") -> None:
        super().__init__()
        self._name = name
        self._clients = clients

    @property
    def model_name(self) -> str:
        """The part after the colon."""
        return self._name.partition(":")[2]

    @property
    def system(self) -> str:
        """The provider."""
        return self._name.partition(":")[0]

    async def opened(self) -> OpenedModel:
        """The model of pydantic-ai, with the key that is there now, which may be another than at the start."""
        opened = await self._clients.model(self._name)
        client: VendorClient = opened.model.client  # type: ignore[attr-defined]  # every vendor's model has one
        client.api_key = self._clients.settings.current_secret(f"{self.system}_api_key")
        return opened

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """As pydantic-ai's model of this name."""
        opened = await self.opened()
        return await opened.model.request(messages, model_settings, opened.adapted(model_request_parameters))


class Clients:
    """One client for each provider, and the models over them, from their first use until `stack` is closed."""

    def __init__(self, settings: ProviderSettings, stack: AsyncExitStack) -> None:
        self.settings = settings
        self._stack = stack
        self._opening = asyncio.Lock()
        self._providers: dict[str, Provider] = {}
        self._models: dict[str, OpenedModel] = {}

    async def model(self, name: str) -> OpenedModel:
        """The model of this name."""
        async with self._opening:
            if name not in self._models:
                provider = await self._provider(provider_of(name))
                self._models[name] = await asyncio.to_thread(_model, name, provider)
            return self._models[name]

    async def _provider(self, name: str) -> Provider:
        if name not in self._providers:
            created = await asyncio.to_thread(_create, name, self.settings)
            provider = await self._stack.enter_async_context(created)
            self._providers[name] = _without_spans(provider) if name == "anthropic" else provider
        return self._providers[name]


@asynccontextmanager
async def open_provider_models(
    names: tuple[str, ...], settings: ProviderSettings
) -> AsyncIterator[dict[str, ProviderModel]]:
    """The model behind each `provider:model`, over one client for each provider.

    Raises:
        ConfigurationError: a provider's key is missing, or a name is not `provider:model`.
    """
    for name in names:
        settings.key_of(_provider_of(name))
    async with AsyncExitStack() as stack:
        clients = Clients(settings, stack)
        yield {name: ProviderModel(name, clients) for name in names}


def _create(name: str, settings: ProviderSettings) -> Provider:
    """The provider with its client. Takes more than a second where it is the first of its kind."""
    with loading():
        create: Callable[..., Provider] = infer_provider_class(name)
        provider = create(api_key=settings.key_of(name).get_secret_value())
    provider.client.base_url = settings.endpoint(name).base_url
    # The pipeline repeats. As a setting of each request it would have the whole client copied for each.
    provider.client.max_retries = 0
    return provider


def _model(name: str, provider: Provider) -> OpenedModel:
    """The model of this name over its provider. The first loads the provider's types."""
    with loading():
        adapting = infer_model(name, lambda _provider: provider)
        create: Callable[..., Model] = type(adapting)
        unadapted = ModelProfile(json_schema_transformer=None)
        return OpenedModel(create(adapting.model_name, provider=provider, profile=unadapted), adapting)


def _without_spans(anthropic: Provider) -> Provider:
    """Anthropic's client makes spans of its own, into which an environment variable can put whole prompts."""
    create: Callable[..., Provider] = type(anthropic)
    return create(anthropic_client=anthropic.client.with_options(open_telemetry=False))


def _provider_of(name: str) -> str:
    try:
        return provider_of(name)
    except ValueError as error:
        raise ConfigurationError(f"{name!r}: {error}") from error
