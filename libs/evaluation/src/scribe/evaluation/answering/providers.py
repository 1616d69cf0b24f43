"""The models of one evaluation: for every request a model that answers it and notes what was asked."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from pydantic import SecretStr
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from scribe.common.http.breaker import Breaker
from scribe.common.models import ProviderSettings, StructuredModel
from scribe.common.models.answers import raw_answer
from scribe.common.models.pricing import priced
from scribe.common.models.providers import open_provider_models
from scribe.common.models.structured import NamedModel
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.usage import Usage
from scribe.evaluation.answering.files import RequestFiles
from scribe.evaluation.answering.recordings import Recordings
from scribe.evaluation.answering.requests import Exchange, Label, Log, Request, Role
from scribe.evaluation.answering.roles import max_tokens
from scribe.fakes.server import serving

TIMEOUT = 120.0
"""Seconds for one request; a real model's answer about many pages is long."""


class Models(Protocol):
    """Who answers in an evaluation."""

    @property
    def log(self) -> Log:
        """What was asked so far."""

    @property
    def can_write(self) -> bool:
        """Whether they write e-mails too; else the true draft of a trial stands for what the composer writes."""

    def model(self, label: Label) -> StructuredModel:
        """The model that answers requests of this label."""


@dataclass(frozen=True)
class GivenAnswers:
    """Answers that were given before: from files, else from the recordings. `names` are the models to count prices by.

    A request without an answer is written as a file, where there is a folder for files, and noted as missing.
    """

    names: Mapping[Role, str]
    recordings: Recordings
    files: RequestFiles | None = None
    by: str = "files"
    log: Log = field(default_factory=Log)
    can_write: bool = False

    def model(self, label: Label) -> StructuredModel:
        """A model that gives the answer to exactly the request that it gets.

        Its `ask` raises a MissingAnswerError where there is none.
        """

        async def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
            request = Request.of(messages, info.model_request_parameters)
            exchange = self._answered(label, request)
            if exchange is None:
                if self.files:
                    self.files.write(label, request)
                raise self.log.miss(label, request)
            self.log.exchanges.append(exchange)
            return responded(request, exchange.answer)

        return structured(self.names[label.role], FunctionModel(answer), label.role)

    def _answered(self, label: Label, request: Request) -> Exchange | None:
        name = self.names[label.role]
        if self.files and (found := self.files.answer(label, request)):
            usage = priced(name, request.estimate(found.text))
            return Exchange(label, request, found.text, self.by, found.on, usage)
        if kept := self.recordings.find(request):
            usage = priced(name, request.estimate(kept.text))
            return Exchange(label, request, kept.text, kept.by, kept.on, usage, kept.seconds)
        return None


@dataclass(frozen=True)
class ProviderModels:
    """Models of providers, by role; `by` says who answers, where it is not the model of the name."""

    models: Mapping[Role, tuple[str, Model]]
    by: str = ""
    log: Log = field(default_factory=Log)
    can_write: bool = True

    def model(self, label: Label) -> StructuredModel:
        """The role's model."""
        name, model = self.models[label.role]
        return structured(name, _Observed(model, name, label, self.by, self.log), label.role)


class _Observed(WrapperModel):
    """A model whose answers are noted with the time that they took."""

    def __init__(self, wrapped: Model, name: str, label: Label, by: str, log: Log) -> None:
        super().__init__(wrapped)
        self._name = name
        self._by = by or name
        self._label = label
        self._log = log

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask the model, and note the answer."""
        started = time.monotonic()
        response = await super().request(messages, model_settings, model_request_parameters)
        request = Request.of(messages, model_request_parameters)
        answer, _ = raw_answer(response)
        today = datetime.now(UTC).date().isoformat()
        seconds = round(time.monotonic() - started, 3)
        usage = priced(self._name, response.usage)
        self._log.exchanges.append(Exchange(self._label, request, answer, self._by, today, usage, seconds))
        return response


def constant_model(name: str, answer: str, role: Role, asked: list[Usage] | None = None) -> StructuredModel:
    """A model of which the answer is known, as JSON; what each request would have cost is added to `asked`."""

    async def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        request = Request.of(messages, info.model_request_parameters)
        if asked is not None:
            asked.append(priced(name, request.estimate(answer)))
        return responded(request, answer)

    return structured(name, FunctionModel(say), role)


def responded(request: Request, answer: str) -> ModelResponse:
    """An answer as the model's call of the tool."""
    return ModelResponse(parts=[ToolCallPart(request.tool.name, answer)], usage=request.estimate(answer))


def structured(name: str, model: Model, role: Role) -> StructuredModel:
    """One model under the name that its price is known by."""
    metrics = Metrics()
    settings = ModelSettings(max_tokens=max_tokens(role), timeout=TIMEOUT)
    breaker = Breaker(name.partition(":")[0], metrics.upstreams)
    return StructuredModel((NamedModel(name, model, breaker),), settings, metrics, role, None)


@asynccontextmanager
async def open_provider(names: Mapping[Role, str]) -> AsyncIterator[ProviderModels]:
    """The models with these names, `provider:model`; keys are read from the environment as the services read them.

    Raises:
        ConfigurationError: a key is missing, or a name has another form.
    """
    async with open_provider_models(tuple(names.values()), ProviderSettings()) as models:
        yield ProviderModels({role: (name, models[name]) for role, name in names.items()})


@asynccontextmanager
async def open_stand_ins(names: Mapping[Role, str]) -> AsyncIterator[ProviderModels]:
    """The stand-in of Anthropic under these names."""
    async with serving() as fakes:
        settings = ProviderSettings(anthropic_api_key=SecretStr("stand-in"), anthropic_base_url=fakes.anthropic_url)
        async with open_provider_models(tuple(names.values()), settings) as models:
            yield ProviderModels({role: (name, models[name]) for role, name in names.items()}, by="the stand-in")
