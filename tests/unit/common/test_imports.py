"""What a process loads before it has work: a library that few tasks need, or another provider's, is none of it."""

import subprocess
import sys

import pytest

MODELS = frozenset({"pydantic_ai", "genai_prices"})
CLIENTS = frozenset({"anthropic", "openai", "exa_py"})
DOCUMENTS = frozenset({"openpyxl", "pypdf", "trafilatura", "lxml", "playwright"})
LANGUAGES = frozenset({"numpy", "py3langid"})
EXPORTER = frozenset({"opentelemetry.exporter.otlp.proto.http.trace_exporter"})
SERVER = frozenset({"fastapi"})
UNNEEDED = {
    "scribe.gateway.__main__": MODELS | CLIENTS | DOCUMENTS | LANGUAGES | EXPORTER,
    "scribe.parser.__main__": CLIENTS | DOCUMENTS | LANGUAGES | EXPORTER | SERVER,
    "scribe.scraper.__main__": CLIENTS | DOCUMENTS | LANGUAGES | EXPORTER | SERVER,
    "scribe.arxiv.__main__": MODELS | CLIENTS | (DOCUMENTS - {"lxml"}) | LANGUAGES | EXPORTER | SERVER,
    "scribe.composer.__main__": CLIENTS | DOCUMENTS | LANGUAGES | EXPORTER | SERVER,
    "scribe.local.cli": MODELS | CLIENTS | DOCUMENTS | LANGUAGES | EXPORTER | SERVER,
}


@pytest.mark.parametrize("module", UNNEEDED)
def test_a_process_starts_without_what_it_does_not_need_yet(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    names = set(loaded.stdout.split())
    assert module in names
    assert names & UNNEEDED[module] == set()


def test_a_provider_s_client_is_loaded_by_the_first_request_not_by_the_start() -> None:
    program = """
import asyncio, sys
from scribe.common.models.providers import open_provider_models
from scribe.common.models.settings import ProviderSettings

async def start():
    settings = ProviderSettings(ANTHROPIC_API_KEY="key", FIREWORKS_API_KEY="key")
    async with open_provider_models(("anthropic:one", "fireworks:two"), settings) as models:
        print(*sys.modules)
        await models["fireworks:two"].opened()
        print(*sys.modules)

asyncio.run(start())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    at_start, after_a_request = (set(line.split()) for line in ran.stdout.splitlines())
    assert at_start & CLIENTS == set()
    assert after_a_request & CLIENTS == {"openai"}
