"""Anthropic's models, over Anthropic's client."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anthropic import AsyncAnthropic, OpenTelemetryOptions
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

NO_SPANS: OpenTelemetryOptions = {"traces": {"enabled": False}, "propagation": False}
"""`spans.asking` describes a request; an environment variable could make the client's own span hold prompts."""


@asynccontextmanager
async def open_models(key: str, base_url: str, timeout: float) -> AsyncIterator[Callable[[str], Model]]:
    """What gives a model by its name. The client retries nothing."""
    async with AsyncAnthropic(
        api_key=key, base_url=base_url, timeout=timeout, max_retries=0, open_telemetry=NO_SPANS
    ) as client:
        provider = AnthropicProvider(anthropic_client=client)
        yield lambda name: AnthropicModel(name, provider=provider)
