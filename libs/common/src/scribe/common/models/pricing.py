"""What answers cost, from the price table of genai-prices. A model without a price costs None: unknown is not free."""

from genai_prices import calc_price
from pydantic_ai.usage import RequestUsage

from scribe.common.tasks.data import Usage


def priced(name: str, usage: RequestUsage) -> Usage:
    """The usage of one request to `provider:model`, with its price in US dollars where that is known."""
    provider, _, model = name.partition(":")
    return Usage(
        model=name,
        calls=1,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost_usd=_cost(provider, model, usage),
    )


def _cost(provider: str, model: str, usage: RequestUsage) -> float | None:
    try:
        return float(calc_price(usage, model, provider_id=provider).total_price)
    except (LookupError, ValueError):
        return None


def price_warnings(usage: Usage) -> tuple[str, ...]:
    """A warning when the price of what was used is not known."""
    if usage.cost_usd is not None:
        return ()
    return (f"The price of {usage.model} is not known, so the cost of this e-mail is not either.",)
