"""The exact request bodies of every prompt: `python -m tests.unit.models.golden` writes them anew.

The steps ask over the real clients, and a server that refuses keeps what it was sent.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from scribe.common.errors import WorkError
from scribe.common.models import ModelChoice, ProviderSettings, StructuredModel, open_model
from scribe.common.models.prompts import load_prompt
from scribe.common.observability.metrics import Metrics
from scribe.composer.added import added_sentences
from scribe.composer.checker import Checker
from scribe.composer.drafting import Writer
from scribe.composer.settings import ComposerSettings
from scribe.fakes.server import Fakes, serving
from scribe.gateway.problems import Problem
from scribe.gateway.settings import GatewaySettings
from scribe.gateway.template_writer.writing import TemplateWriter
from scribe.parser.settings import ParserSettings
from scribe.parser.step import Parser
from scribe.scraper.reader import Reader
from scribe.scraper.settings import ScraperSettings
from scribe.scraper.sources import Page
from tests.support.reading import ADA, HOME, NEWS
from tests.support.tasks import make_task
from tests.support.writing import GOOD, material

FOLDER = Path(__file__).parent / "golden"
FIREWORKS = "fireworks:accounts/fireworks/models/kimi-k2p6"


async def parse(model: StructuredModel) -> None:
    """The parser's request."""
    await Parser(model, load_prompt("scribe.parser.prompts", "parse"))(make_task())


async def read(model: StructuredModel) -> None:
    """The reader's request."""
    reader = Reader(model, load_prompt("scribe.scraper.prompts", "read"), 8_000)
    text = "I am a professor of physics at Nowhere College. My group studies superfluid helium in pores."
    await reader.read(
        make_task(), ADA, [Page(HOME, "Ada Example", text), Page(NEWS, "News", f"Ada Example won. {text}")]
    )


async def compose(model: StructuredModel) -> None:
    """The composer's request."""
    await Writer(model, load_prompt("scribe.composer.prompts", "compose"), None).write(material())


async def check(model: StructuredModel) -> None:
    """The checker's request."""
    known = material()
    checker = Checker(model, load_prompt("scribe.composer.prompts", "check"))
    await checker.check(added_sentences(GOOD, known), known)


async def template(model: StructuredModel) -> None:
    """The template writer's request."""
    prompt = load_prompt("scribe.gateway.template_writer.prompts", "template")
    await TemplateWriter(model, prompt, deadline=60.0).write("A student of physics.", "Ask for an internship.")


PROMPTS: Mapping[str, tuple[Callable[[StructuredModel], Awaitable[None]], FieldInfo]] = {
    "parse": (parse, ParserSettings.model_fields["parser_model"]),
    "read": (read, ScraperSettings.model_fields["scraper_model"]),
    "compose": (compose, ComposerSettings.model_fields["composer_model"]),
    "check": (check, ComposerSettings.model_fields["checker_model"]),
    "template": (template, GatewaySettings.model_fields["template_model"]),
}
"""Who asks, and the setting whose default answers."""


async def requests() -> dict[str, str]:
    """Every golden request by its file's name."""
    async with serving() as fakes:
        fakes.controls.add(status=400)
        return {
            f"{prompt}.{name.partition(':')[0]}.json": await _request(fakes, name, ask)
            for prompt, (ask, setting) in PROMPTS.items()
            for name in (str(setting.default), FIREWORKS)
        }


async def _request(fakes: Fakes, name: str, ask: Callable[[StructuredModel], Awaitable[None]]) -> str:
    settings = ProviderSettings(
        anthropic_api_key=SecretStr("key"),
        anthropic_base_url=fakes.anthropic_url,
        fireworks_api_key=SecretStr("key"),
        fireworks_base_url=fakes.fireworks_url,
    )
    async with open_model(ModelChoice((name,)), settings, Metrics(), role="golden") as model:
        with suppress(WorkError, Problem):
            await ask(model)
    return json.dumps(fakes.controls.calls.pop().body, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, body in asyncio.run(requests()).items():
        (FOLDER / file).write_text(body)
