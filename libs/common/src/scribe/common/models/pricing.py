"""What answers cost, from the price table of genai-prices. What is not known costs None: unknown is not free."""

from datetime import UTC, datetime
from decimal import Decimal

from genai_prices import calc_price
from genai_prices.data_snapshot import get_snapshot
from pydantic_ai.usage import RequestUsage

from scribe.common.tasks.usage import Usage

PER = 1_000_000
"""Tokens that the table's prices are for."""


def priced(name: str, usage: RequestUsage) -> Usage:
    """The usage of one request to `provider:model`, with its price in US dollars where that is known.

    No tokens at all mean that the provider did not say how many: every answer has some.
    """
    provider, _, model = name.partition(":")
    is_metered = bool(usage.input_tokens or usage.output_tokens)
    return Usage(
        model=name,
        calls=1,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost_usd=_cost(provider, model, usage) if is_metered else None,
    )


def _cost(provider: str, model: str, usage: RequestUsage) -> float | None:
    try:
        flat = None if _has_other_tokens(usage) else _flat_prices(provider, model)
        if flat is None:
            return float(calc_price(usage, model, provider_id=provider).total_price)
    except (LookupError, ValueError):
        return None
    of_input, of_output = flat
    return float((of_input * usage.input_tokens + of_output * usage.output_tokens) / PER)


def _has_other_tokens(usage: RequestUsage) -> bool:
    """Whether some tokens have a price of their own, besides those of input and output."""
    cached = usage.cache_write_tokens or usage.cache_read_tokens or usage.cache_audio_read_tokens
    return bool(cached or usage.input_audio_tokens or usage.output_audio_tokens)


def _flat_prices(provider: str, model: str) -> tuple[Decimal, Decimal] | None:
    """The price of a million tokens of input and of output as it is today; None where it depends on their number.

    `calc_price` checks a model's whole price list at every call, for 0.3 ms; most requests need no more than these two.

    Raises:
        LookupError: the table does not know the model.
    """
    _, found = get_snapshot().find_provider_model(model, None, provider, None)
    prices = found.get_prices(datetime.now(UTC))
    of_input, of_output = prices.input_mtok, prices.output_mtok
    return (of_input, of_output) if isinstance(of_input, Decimal) and isinstance(of_output, Decimal) else None


def price_warnings(usage: Usage) -> tuple[str, ...]:
    """A warning when the price of what was used is not known."""
    if usage.cost_usd is not None:
        return ()
    return (f"The price of {usage.model}, or what it used, is not known, so the cost of this e-mail is not either.",)
