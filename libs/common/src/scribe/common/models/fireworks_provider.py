"""Fireworks' models, over OpenAI's client, whose protocol they speak."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from openai import AsyncOpenAI
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.fireworks import FireworksProvider


@asynccontextmanager
async def open_models(key: str, base_url: str, timeout: float) -> AsyncIterator[Callable[[str], Model]]:
    """What gives a model by its name. The client retries nothing."""
    async with AsyncOpenAI(api_key=key, base_url=base_url, timeout=timeout, max_retries=0) as client:
        provider = FireworksProvider(openai_client=client)
        yield lambda name: OpenAIChatModel(name, provider=provider)
