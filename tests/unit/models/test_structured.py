"""Models stand in for each other, answers that were paid for are used again, and settings name real models."""

import json
from collections.abc import Awaitable, Callable

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_ai.exceptions import ModelConnectionError, ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.settings import ModelSettings

from scribe.common.errors import (
    AccessRefusedError,
    ConfigurationError,
    PermanentError,
    TransientError,
    UnavailableError,
    WorkError,
)
from scribe.common.http.breaker import Breaker
from scribe.common.models import ModelChoice, ProviderSettings, StructuredModel, open_model
from scribe.common.models.structured import NamedModel, most_recoverable
from scribe.common.observability.metrics import Metrics
from scribe.parser.settings import ParserSettings
from tests.support.models import Said, Script


class Word(BaseModel):
    """One word."""

    word: str


class CacheInMemory:
    """Answers by key, for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes:
        if key not in self.answers:
            self.answers[key] = await call()
        return self.answers[key]


def chain(*scripts: tuple[str, list[Said]], metrics: Metrics | None = None) -> tuple[StructuredModel, list[Script]]:
    """A model that falls back from each script to the next, with one breaker a provider."""
    instruments = metrics or Metrics()
    breakers: dict[str, Breaker] = {}
    named, played = [], []
    for name, answers in scripts:
        provider = name.partition(":")[0]
        breaker = breakers.setdefault(provider, Breaker(provider, instruments.upstreams))
        script = Script(answers)
        named.append(NamedModel(name, FunctionModel(script.say), breaker))
        played.append(script)
    return StructuredModel(tuple(named), ModelSettings(), instruments, "test", None), played


def http(status: int, **headers: str) -> ModelHTTPError:
    return ModelHTTPError(status, "m", headers=headers or None)


FIRST, SECOND = "anthropic:claude-haiku-5-5", "fireworks:kimi-k2p6"
KEYLESS = ProviderSettings(anthropic_api_key=None, fireworks_api_key=None)
HELLO: Said = {"word": "hello"}


async def ask(model: StructuredModel, prompt: str = "p", scope: str = "") -> str:
    return (await model.ask(instructions="i", prompt=prompt, output=Word, scope=scope)).value.word


async def test_the_first_model_answers() -> None:
    model, (first, second) = chain((FIRST, [HELLO]), (SECOND, [HELLO]))
    assert await ask(model) == "hello"
    assert (len(first.prompts), len(second.prompts)) == (1, 0)


@pytest.mark.parametrize("fault", [http(500), http(529), http(401), http(404), ModelConnectionError("m", "refused")])
async def test_another_model_answers_where_the_first_does_not(fault: Exception) -> None:
    model, (_, second) = chain((FIRST, [fault]), (SECOND, [HELLO]))
    answer = await model.ask(instructions="i", prompt="p", output=Word)
    assert (answer.value.word, answer.usage.model) == ("hello", SECOND)
    assert len(second.prompts) == 1


async def test_a_model_whose_provider_is_held_back_is_passed_over() -> None:
    model, (first, _) = chain((FIRST, [http(429, **{"retry-after": "30"})]), (SECOND, [HELLO]))
    for _ in range(3):
        await ask(model)
    assert len(first.prompts) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "retry_after"),
    [
        (http(400), PermanentError, None),
        (http(401), AccessRefusedError, 60.0),
        (http(404), PermanentError, None),
        (http(413), PermanentError, None),
        (http(408), TransientError, None),
        (http(500), TransientError, None),
        (http(529), TransientError, None),
        (http(429, **{"retry-after": "7"}), UnavailableError, 7.0),
        (http(503, **{"retry-after": "600"}), TransientError, 600.0),
        (ModelConnectionError("m", "reset"), TransientError, None),
    ],
)
async def test_the_status_decides_what_becomes_of_the_work(
    fault: Exception, kind: type[WorkError], retry_after: float | None
) -> None:
    model, _ = chain((FIRST, [fault]))
    with pytest.raises(kind) as raised:
        await ask(model)
    assert getattr(raised.value, "retry_after", None) == retry_after


async def test_the_error_holds_nothing_of_what_the_provider_said() -> None:
    model, _ = chain((FIRST, [ModelHTTPError(400, "m", body={"message": "the prompt was: secret"})]))
    with pytest.raises(PermanentError) as raised:
        await ask(model)
    assert "secret" not in str(raised.value)


async def test_a_provider_that_stays_away_is_held_after_three_failures() -> None:
    model, (first,) = chain((FIRST, [http(500)]))
    for _ in range(3):
        with pytest.raises(TransientError):
            await ask(model)
    with pytest.raises(UnavailableError):
        await ask(model)
    assert len(first.prompts) == 3


def test_of_several_errors_the_one_that_loses_least_is_raised() -> None:
    held, transient, permanent = UnavailableError("h", retry_after=9), TransientError("t"), PermanentError("p")
    sooner = UnavailableError("s", retry_after=3)
    assert most_recoverable([permanent, transient, held, sooner]) is sooner
    assert most_recoverable([permanent, transient]) is transient
    assert most_recoverable([permanent]) is permanent
    assert isinstance(most_recoverable([]), PermanentError)


def remembering(*answers: Said) -> tuple[StructuredModel, Script, Metrics]:
    script, metrics = Script(list(answers)), Metrics()
    named = NamedModel(FIRST, FunctionModel(script.say), Breaker("anthropic", metrics.upstreams))
    cache = CacheInMemory()
    return StructuredModel((named,), ModelSettings(), metrics, "test", cache), script, metrics  # type: ignore[arg-type]


async def test_a_redelivery_does_not_pay_twice() -> None:
    model, script, metrics = remembering(HELLO, {"word": "another"})
    first = await model.ask(instructions="i", prompt="p", output=Word, scope="task:1:1")
    again = await model.ask(instructions="i", prompt="p", output=Word, scope="task:1:1")
    assert first == again
    assert len(script.prompts) == 1
    labels = {"provider": "anthropic", "model": "claude-haiku-5-5", "role": "test", "direction": "output"}
    assert metrics.registry.get_sample_value("scribe_llm_tokens_total", labels) == first.usage.output_tokens


@pytest.mark.parametrize(("prompt", "scope"), [("other", "task:1:1"), ("p", "task:1:2"), ("p", "task:2:1"), ("p", "")])
async def test_another_question_try_or_run_is_paid_for(prompt: str, scope: str) -> None:
    model, script, _ = remembering(HELLO)
    await ask(model, "p", "task:1:1")
    await ask(model, prompt, scope)
    assert len(script.prompts) == 2


async def test_a_fault_is_not_remembered() -> None:
    model, script, _ = remembering(http(500), HELLO)
    with pytest.raises(TransientError):
        await ask(model, scope="task:1:1")
    assert await ask(model, scope="task:1:1") == "hello"
    assert len(script.prompts) == 2


async def test_the_answers_schema_is_the_only_tool_and_must_be_called() -> None:
    seen: list[AgentInfo] = []

    def say(_messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.append(info)
        return ModelResponse(parts=[ToolCallPart("answer", json.dumps(HELLO))])

    breaker = Breaker("anthropic", Metrics().upstreams)
    model = StructuredModel((NamedModel(FIRST, FunctionModel(say), breaker),), ModelSettings(), Metrics(), "test", None)
    await ask(model)
    assert [tool.name for tool in seen[0].output_tools] == ["answer"]
    assert seen[0].function_tools == []
    assert not seen[0].allow_text_output


@pytest.mark.parametrize("names", [("anthropic:claude-haiku-5-5",), ("fireworks:x", "anthropic:y")])
async def test_a_missing_key_is_a_sentence_that_names_it(names: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError, match=r"set (ANTHROPIC|FIREWORKS)_API_KEY"):
        async with open_model(ModelChoice(names), KEYLESS, Metrics(), role="test"):
            pass


@pytest.mark.parametrize("name", ["claude-haiku-5-5", "openai:gpt", "anthropic:", ":x", ""])
def test_a_model_is_named_with_its_provider(name: str) -> None:
    with pytest.raises(ValidationError, match="provider:model"):
        ParserSettings(parser_model=name)


def test_fallbacks_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBE_PARSER_FALLBACK_MODELS", "anthropic:a, fireworks:b/c ,")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "hush-hush")
    settings = ParserSettings()
    assert settings.models.names == (settings.parser_model, "anthropic:a", "fireworks:b/c")
    assert settings.anthropic_api_key is not None
    assert "hush-hush" not in repr(settings)
