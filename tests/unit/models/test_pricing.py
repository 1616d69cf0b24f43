"""Answers have a price where the table knows one, and no price otherwise: unknown is not free."""

import pytest
from genai_prices import calc_price
from genai_prices.data_snapshot import get_snapshot
from pydantic_ai.usage import RequestUsage

from scribe.common.models import price_warnings
from scribe.common.models.pricing import priced
from scribe.common.models.settings import PROVIDERS
from scribe.common.tasks.usage import Usage, total


@pytest.mark.parametrize(
    "name",
    ["anthropic:claude-haiku-5-5", "anthropic:claude-sonnet-5-5", "fireworks:accounts/fireworks/models/kimi-k2p6"],
)
def test_models_in_the_table_have_a_price(name: str) -> None:
    usage = priced(name, RequestUsage(input_tokens=1000, output_tokens=100))
    assert usage.cost_usd is not None
    assert 0 < usage.cost_usd < 1
    assert (usage.model, usage.calls, usage.input_tokens, usage.output_tokens) == (name, 1, 1000, 100)
    assert price_warnings(usage) == ()


@pytest.mark.parametrize("name", ["anthropic:claude-of-the-future", "fireworks:nobody/heard-of-it"])
def test_a_model_that_nobody_priced_costs_nothing_known(name: str) -> None:
    usage = priced(name, RequestUsage(input_tokens=1000, output_tokens=100))
    assert usage.cost_usd is None
    assert name in price_warnings(usage)[0]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "usage",
    [
        RequestUsage(input_tokens=1234, output_tokens=56),
        RequestUsage(input_tokens=300_000, output_tokens=56),
        RequestUsage(input_tokens=1234, output_tokens=56, cache_read_tokens=1000, cache_write_tokens=100),
    ],
    ids=["few", "above a tier", "from a cache"],
)
def test_every_model_costs_what_the_price_table_says(provider: str, usage: RequestUsage) -> None:
    models = [model.id for known in get_snapshot().providers if known.id == provider for model in known.models]
    assert len(models) > 10
    for model in models:
        assert priced(f"{provider}:{model}", usage).cost_usd == _by_the_table(provider, model, usage), model


def _by_the_table(provider: str, model: str, usage: RequestUsage) -> float | None:
    try:
        return float(calc_price(usage, model, provider_id=provider).total_price)
    except LookupError:
        return None


def test_a_total_with_an_unknown_part_is_unknown() -> None:
    known, unknown = Usage(model="a", calls=1, cost_usd=0.5), Usage(model="b", calls=1, cost_usd=None)
    assert total([known, unknown]).cost_usd is None
    assert total([known, known]).cost_usd == 1.0
    assert total([]).cost_usd == 0.0


def test_a_total_adds_up_and_names_each_model_once() -> None:
    part = Usage(model="a", calls=1, input_tokens=10, output_tokens=3, cost_usd=0.1)
    summed = total([part, part, part.model_copy(update={"model": "b"})])
    assert (summed.model, summed.calls, summed.input_tokens, summed.output_tokens) == ("a, b", 3, 30, 9)
