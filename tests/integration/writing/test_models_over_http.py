"""The real clients against the vendors' protocols: deadlines hold, nothing is retried, every fault has its class."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from scribe.common.errors import AccessRefusedError, PermanentError, TransientError, UnavailableError, WorkError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.kv import open_response_cache
from scribe.common.models import ModelChoice, ProviderSettings, StructuredModel, UnusableAnswerError, open_model
from scribe.common.observability.metrics import Metrics
from scribe.common.text.fencing import prompt_of
from scribe.fakes.server import Fakes
from scribe.parser.reading import TemplateReading
from tests.support.deadlines import stretched

ANTHROPIC, FIREWORKS = "anthropic:claude-haiku-5-5", "fireworks:accounts/fireworks/models/kimi-k2p6"
PATIENT, IMPATIENT = 20.0, 1.0
"""Seconds for an answer: where one comes, and where none does."""


def settings_for(fakes: Fakes) -> ProviderSettings:
    """The stand-ins' addresses."""
    return ProviderSettings(
        anthropic_api_key=SecretStr("key"),
        anthropic_base_url=fakes.anthropic_url,
        fireworks_api_key=SecretStr("key"),
        fireworks_base_url=fakes.fireworks_url,
    )


@pytest.fixture
def timeout() -> float:
    """Seconds that the model has for its answer."""
    return PATIENT


@pytest.fixture(params=[ANTHROPIC, FIREWORKS], ids=["anthropic", "fireworks"])
async def model(request: pytest.FixtureRequest, fakes: Fakes, timeout: float) -> AsyncIterator[StructuredModel]:
    """Each provider in turn."""
    choice = ModelChoice((request.param,), timeout=timeout)
    async with open_model(choice, settings_for(fakes), Metrics(), role="test") as model:
        yield model


PROMPT = prompt_of({"template": "Dear {{name}}, your paper?", "recipient": {"name": "Ada", "interest": "ice"}})


async def ask(model: StructuredModel) -> TemplateReading:
    return (await model.ask(instructions="Read.", prompt=PROMPT, output=TemplateReading)).value


async def test_a_structured_answer_with_its_usage_and_price(model: StructuredModel, fakes: Fakes) -> None:
    answer = await model.ask(instructions="Read.", prompt=PROMPT, output=TemplateReading)
    assert answer.value.template_type == "research"
    assert answer.value.placeholders[0].text == "{{name}}"
    assert answer.usage.input_tokens > 0
    assert answer.usage.output_tokens > 0
    assert answer.usage.cost_usd
    assert len(fakes.controls.calls) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 500}, TransientError),
        ({"status": 502}, TransientError),
        ({"status": 504}, TransientError),
        ({"status": 408}, TransientError),
        ({"status": 429, "retry_after": "7"}, UnavailableError),
        ({"status": 529, "retry_after": "9"}, UnavailableError),
        ({"status": 503, "retry_after": "900"}, TransientError),
        ({"status": 400}, PermanentError),
        ({"status": 401}, AccessRefusedError),
        ({"status": 402}, AccessRefusedError),
        ({"status": 403}, AccessRefusedError),
        ({"status": 404}, PermanentError),
        ({"status": 422}, PermanentError),
        ({"broken": "truncated"}, TransientError),
        ({"broken": "garbage"}, TransientError),
        ({"broken": "empty"}, TransientError),
        ({"broken": "no_choices"}, TransientError),
        ({"broken": "error_with_200"}, TransientError),
        ({"broken": "null"}, TransientError),
        ({"broken": "list"}, TransientError),
        ({"close": True}, TransientError),
    ],
)
async def test_every_fault_has_its_class_after_one_call(
    model: StructuredModel, fakes: Fakes, fault: dict[str, object], kind: type[WorkError]
) -> None:
    fakes.controls.add(**fault)
    with pytest.raises(kind) as raised:
        await ask(model)
    assert type(raised.value) is kind
    assert len(fakes.controls.calls) == 1, "the client's own retries are off"
    if "retry_after" in fault:
        assert getattr(raised.value, "retry_after", None) == float(str(fault["retry_after"]))


async def test_an_account_without_credit_is_held_although_the_status_is_that_of_a_wrong_request(fakes: Fakes) -> None:
    fakes.controls.add(status=400, message="Your credit balance is too low to access the Anthropic API.")
    async with open_model(
        ModelChoice((ANTHROPIC,), timeout=PATIENT), settings_for(fakes), Metrics(), role="test"
    ) as model:
        for _ in range(3):
            with pytest.raises(AccessRefusedError):
                await ask(model)
    assert len(fakes.controls.calls) == 1


@pytest.mark.parametrize("timeout", [IMPATIENT])
async def test_a_model_that_hangs_is_left_at_its_deadline(model: StructuredModel, fakes: Fakes) -> None:
    fakes.controls.add(hang=True)
    with pytest.raises(TransientError):
        await ask(model)


@pytest.mark.parametrize("timeout", [IMPATIENT])
async def test_a_model_that_drips_is_left_at_its_deadline_too(model: StructuredModel, fakes: Fakes) -> None:
    fakes.controls.add(latency=stretched(PATIENT * 3))
    with pytest.raises(TransientError):
        await ask(model)


async def test_an_address_where_nobody_listens_is_transient() -> None:
    settings = ProviderSettings(anthropic_api_key=SecretStr("key"), anthropic_base_url="http://127.0.0.1:1")
    async with open_model(ModelChoice((ANTHROPIC,), timeout=PATIENT), settings, Metrics(), role="test") as model:
        with pytest.raises(TransientError):
            await ask(model)


@pytest.mark.parametrize(("behaviour", "fault"), [("rubbish", "malformed"), ("refusal", "refused"), ("empty", "empty")])
async def test_a_misbehaving_model_is_named(model: StructuredModel, fakes: Fakes, behaviour: str, fault: str) -> None:
    fakes.controls.add(behaviour=behaviour)
    with pytest.raises(UnusableAnswerError) as raised:
        await ask(model)
    assert raised.value.fault == fault
    assert raised.value.usage.cost_usd is not None, "it has to be paid for all the same"


async def test_an_answer_in_a_fence_is_read(model: StructuredModel, fakes: Fakes) -> None:
    fakes.controls.add(behaviour="fenced")
    assert (await ask(model)).template_type == "research"


@pytest.mark.parametrize("fault", [{"status": 529}, {"broken": "no_choices"}, {"broken": "error_with_200"}])
async def test_the_fallback_of_another_provider_answers(fakes: Fakes, fault: dict[str, object]) -> None:
    fakes.controls.add(path="/anthropic", **fault)
    choice = ModelChoice((ANTHROPIC, FIREWORKS), timeout=PATIENT)
    async with open_model(choice, settings_for(fakes), Metrics(), role="test") as model:
        answer = await model.ask(instructions="Read.", prompt=PROMPT, output=TemplateReading)
    assert answer.usage.model == FIREWORKS


async def test_an_answer_whose_tokens_nobody_counted_has_no_known_cost(fakes: Fakes) -> None:
    fakes.controls.add(behaviour="unmetered")
    async with open_model(
        ModelChoice((FIREWORKS,), timeout=PATIENT), settings_for(fakes), Metrics(), role="test"
    ) as model:
        answer = await model.ask(instructions="Read.", prompt=PROMPT, output=TemplateReading)
    assert answer.value.template_type == "research"
    assert answer.usage.cost_usd is None


async def test_after_three_failures_the_provider_is_left_alone(fakes: Fakes) -> None:
    fakes.controls.add(status=500)
    choice = ModelChoice((ANTHROPIC,), timeout=PATIENT)
    async with open_model(choice, settings_for(fakes), Metrics(), role="test") as model:
        for _ in range(3):
            with pytest.raises(TransientError):
                await ask(model)
        with pytest.raises(UnavailableError):
            await ask(model)
    assert len(fakes.controls.calls) == 3


async def test_a_paid_answer_is_used_again_by_another_process(fakes: Fakes, broker: Broker) -> None:
    choice = ModelChoice((ANTHROPIC,), timeout=PATIENT)
    answers = []
    for _ in range(2):
        async with (
            open_response_cache(await broker.js.key_value("memo"), "parser") as cache,
            open_model(choice, settings_for(fakes), Metrics(), role="test", cache=cache) as model,
        ):
            answers.append(await model.ask(instructions="i", prompt=PROMPT, output=TemplateReading, scope="task:1:1"))
    assert answers[0] == answers[1]
    assert len(fakes.controls.calls) == 1


async def test_the_call_is_counted_with_its_outcome_tokens_and_cost(fakes: Fakes) -> None:
    metrics = Metrics()
    choice = ModelChoice((ANTHROPIC,), timeout=PATIENT)
    async with open_model(choice, settings_for(fakes), metrics, role="parser") as model:
        await ask(model)
        fakes.controls.add(status=500)
        with pytest.raises(TransientError):
            await ask(model)
    value = metrics.registry.get_sample_value
    for outcome in ("200", "500"):
        assert value("scribe_upstream_calls_total", {"upstream": "anthropic", "outcome": outcome}) == 1
    labels = {"provider": "anthropic", "model": "claude-haiku-5-5", "role": "parser"}
    assert value("scribe_llm_tokens_total", {**labels, "direction": "input"})
    assert value("scribe_llm_cost_usd_total", labels)
