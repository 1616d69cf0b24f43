"""The parser's process: `python -m scribe.parser`."""

from scribe.common.process.heap import defer_collections
from scribe.common.process.signals import exit_on_signals

if __name__ == "__main__":
    exit_on_signals(0)  # before the imports below, which take a second
    defer_collections()

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from scribe.common.messaging.kv import open_response_cache
from scribe.common.messaging.streams import MEMO
from scribe.common.models import open_model
from scribe.common.models.prompts import load_prompt
from scribe.common.settings import load
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from scribe.common.worker.process import Resources, run_worker
from scribe.parser.settings import ParserSettings
from scribe.parser.step import Parser


@asynccontextmanager
async def open_step(settings: ParserSettings, resources: Resources) -> AsyncIterator[StepFunction]:
    """The parser with its dependencies open."""
    bucket, metrics = await resources.broker.js.key_value(MEMO), resources.metrics
    prompt = load_prompt("scribe.parser.prompts", "parse")
    async with (
        open_response_cache(bucket, Step.PARSER) as cache,
        open_model(settings.models, settings, metrics, role=Step.PARSER, cache=cache) as model,
    ):
        yield Parser(model, prompt)


def main() -> None:
    """Run until a signal."""
    settings = load(ParserSettings)
    run_worker(Step.PARSER, settings, partial(open_step, settings))


if __name__ == "__main__":
    main()
