"""What answers cost, from the price table of genai-prices. What is not known costs None: unknown is not free."""

from genai_prices import calc_price
from pydantic_ai.usage import RequestUsage

from scribe.common.tasks.usage import Usage


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
        return float(calc_price(usage, model, provider_id=provider).total_price)
    except (LookupError, ValueError):
        return None


def price_warnings(usage: Usage) -> tuple[str, ...]:
    """A warning when the price of what was used is not known."""
    if usage.cost_usd is not None:
        return ()
    return (f"The price of {usage.model}, or what it used, is not known, so the cost of this e-mail is not either.",)
