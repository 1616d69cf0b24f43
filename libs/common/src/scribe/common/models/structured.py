"""Asking a model for a value of a given type: one request, its deadline, its price, its fallbacks.

async with open_model(ModelChoice(("anthropic:claude-haiku-5-5",)), settings, metrics, role="parser") as model:
    answer = await model.ask(instructions="…", prompt="…", output=Draft)
"""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache

from opentelemetry.trace import Span
from pydantic import BaseModel, ConfigDict
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.messages import ModelRequest, ModelResponse, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from scribe.common.errors import PermanentError, TransientError, UnavailableError, WorkError
from scribe.common.http.breaker import Breaker
from scribe.common.messaging.kv import ResponseCache
from scribe.common.models.answers import Answer, Fault, T, raw_answer, read_answer
from scribe.common.models.faults import UNREADABLE, error_of, outcome_of, unreadable
from scribe.common.models.pricing import priced
from scribe.common.models.providers import open_provider_models
from scribe.common.models.settings import ModelChoice, ProviderSettings
from scribe.common.observability.metrics import Metrics
from scribe.common.observability.spans import llm_span, record_llm
from scribe.common.tasks.usage import Usage

TOOL = "answer"


class CachedResponse(BaseModel):
    """A model's answer as it is kept in the response cache."""

    model_config = ConfigDict(frozen=True)

    text: str
    fault: Fault | None
    usage: Usage


@dataclass(frozen=True)
class Question:
    """One request. `scope` says within what an answer may be used again; empty means nowhere."""

    instructions: str
    prompt: str
    output: type[BaseModel]
    scope: str = ""

    def key(self, model: str) -> str:
        """The name under which the answer of `model` is kept: the scope up to a colon, then a digest of all of it."""
        parts = (model, self.instructions, self.prompt, self.output.__qualname__, self.scope)
        return f"{self.scope.partition(':')[0]}.llm.{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


@dataclass(frozen=True)
class NamedModel:
    """One `provider:model` and the breaker of its provider."""

    name: str
    model: Model
    breaker: Breaker

    @property
    def provider(self) -> str:
        """The part before the colon."""
        return self.name.partition(":")[0]


class StructuredModel:
    """The models that answer in one role (`parser`, `composer`, `checker`, `template`, …), tried in order."""

    def __init__(
        self,
        models: tuple[NamedModel, ...],
        settings: ModelSettings,
        metrics: Metrics,
        role: str,
        cache: ResponseCache | None,
    ) -> None:
        self._models = models
        self._settings = settings
        self._metrics = metrics
        self._role = role
        self._cache = cache

    @property
    def names(self) -> tuple[str, ...]:
        """`provider:model` of each, the preferred one first."""
        return tuple(model.name for model in self._models)

    async def ask(self, *, instructions: str, prompt: str, output: type[T], scope: str = "") -> Answer[T]:
        """One answer, from the first model that gives any. With a `scope` (a task's `cache_scope`, a colon, the number
        of the try) an answer that was paid for is used again when the same is asked within it.

        Raises:
            UnusableAnswerError: a model answered, but not with an `output`. It is a PermanentError.
            TransientError: no model answered in time, or all have faults of their own.
            UnavailableError: every provider is held back; hold the work for `retry_after` seconds.
            PermanentError: every model refuses the request.
        """
        question = Question(instructions, prompt, output, scope)
        errors: list[WorkError] = []
        for model in self._models:
            try:
                paid = await self._remembered(model, question)
            except WorkError as error:
                errors.append(error)
            else:
                return read_answer(paid.text, paid.fault, output, paid.usage)
        raise most_recoverable(errors)

    async def _remembered(self, model: NamedModel, question: Question) -> CachedResponse:
        if self._cache is None or not question.scope:
            return await self._request(model, question)

        async def call() -> bytes:
            return (await self._request(model, question)).model_dump_json().encode()

        return CachedResponse.model_validate_json(await self._cache.get_or_call(question.key(model.name), call))

    async def _request(self, model: NamedModel, question: Question) -> CachedResponse:
        with model.breaker.admit(), self._span(model) as span, self._metrics.upstreams.call(model.provider) as call:
            try:
                response = await model_request(
                    model.model,
                    [ModelRequest(parts=[UserPromptPart(question.prompt)], instructions=question.instructions)],
                    model_settings=self._settings,
                    model_request_parameters=_parameters(question.output),
                )
            except AgentRunError as error:
                work_error = error_of(model.provider, error)
                call.outcome = outcome_of(error, work_error)
                raise work_error from error
            except UNREADABLE as error:
                call.outcome = "unreadable"
                raise unreadable(model.provider, error) from error
            call.outcome = "200"
            return self._paid(model, response, span)

    def _paid(self, model: NamedModel, response: ModelResponse, span: Span) -> CachedResponse:
        usage = priced(model.name, response.usage)
        labels = (model.provider, model.name.partition(":")[2], self._role)
        self._metrics.llm.tokens.labels(*labels, "input").inc(usage.input_tokens)
        self._metrics.llm.tokens.labels(*labels, "output").inc(usage.output_tokens)
        self._metrics.llm.cost.labels(*labels).inc(usage.cost_usd or 0.0)
        if usage.cost_usd is None:
            self._metrics.llm.unpriced.labels(*labels).inc()
        tokens = (usage.input_tokens, usage.output_tokens)
        record_llm(span, response.model_name or "", response.finish_reason, tokens, usage.cost_usd)
        text, fault = raw_answer(response)
        return CachedResponse(text=text, fault=fault, usage=usage)

    def _span(self, model: NamedModel) -> AbstractContextManager[Span]:
        provider, _, name = model.name.partition(":")
        return llm_span(provider, name, self._role, self._settings.get("max_tokens"))


def most_recoverable(errors: list[WorkError]) -> WorkError:
    """The error of all models' errors whose handling loses least: hold the work, else retry, else fail."""
    for kind in (UnavailableError, TransientError):
        alike = [error for error in errors if isinstance(error, kind)]
        if alike:
            return min(alike, key=lambda error: error.retry_after or 0.0)
    return errors[0] if errors else PermanentError("no model is configured")


@cache
def _parameters(output: type[BaseModel]) -> ModelRequestParameters:
    """One tool that the model must call; its arguments are the answer. Made once for each type: a schema takes a
    millisecond.
    """
    tool = ToolDefinition(
        name=TOOL,
        description=(output.__doc__ or "").strip().split("\n")[0],
        parameters_json_schema=output.model_json_schema(),
        kind="output",
    )
    return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)


@asynccontextmanager
async def open_model(
    choice: ModelChoice,
    settings: ProviderSettings,
    metrics: Metrics,
    *,
    role: str,
    cache: ResponseCache | None = None,
) -> AsyncIterator[StructuredModel]:
    """The models of `choice`, with one breaker for each provider.

    Raises:
        ConfigurationError: a key is missing, or a name is not `provider:model`.
    """
    limits = ModelSettings(
        max_tokens=choice.max_tokens,
        timeout=choice.timeout,
        request_timeout=choice.timeout,
        framing_announcement="never",  # a paragraph of pydantic-ai's own in front of the prompt
        thinking=False,  # seconds and tokens before each answer; the schemas ask for a reason where one helps
    )
    async with open_provider_models(choice.names, settings) as models:
        providers = {name: name.partition(":")[0] for name in models}
        breakers = {provider: Breaker(provider, metrics.upstreams) for provider in providers.values()}
        for name in models:
            metrics.upstreams.create_zeros(providers[name])
            metrics.llm.create_zeros(providers[name], name.partition(":")[2], role)
        named = tuple(NamedModel(name, model, breakers[providers[name]]) for name, model in models.items())
        yield StructuredModel(named, limits, metrics, role, cache)
