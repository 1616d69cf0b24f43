"""The writer of templates, opened when the first template is asked for.

The clients of models take a gateway 60 MiB and two seconds, and most gateways write no template in their life.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from scribe.common.errors import ConfigurationError
from scribe.common.models.prompts import load_prompt
from scribe.common.models.settings import ModelChoice, ProviderSettings, provider_of
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import Metrics

if TYPE_CHECKING:
    from scribe.gateway.template_writer.writing import TemplateWriter

CLIENTS = ("scribe.gateway.template_writer.writing", "scribe.common.models.structured")


class Templates:
    """Writes templates; what it needs for that is open from the first until `stack` is closed."""

    def __init__(
        self, models: ModelChoice, settings: ProviderSettings, metrics: Metrics, stack: AsyncExitStack
    ) -> None:
        self._models = models
        self._settings = settings
        self._metrics = metrics
        self._stack = stack
        self._opening = asyncio.Lock()
        self._writer: TemplateWriter | None = None

    async def write(self, document: str, instructions: str) -> str:
        """The template.

        Raises:
            BadGateway: no usable one after three tries, or the model refuses. GatewayTimeout: no answer in time.
        """
        async with self._opening:
            self._writer = self._writer or await self._open()
        return await self._writer.write(document, instructions)

    async def _open(self) -> "TemplateWriter":
        writing, models = [await asyncio.to_thread(import_module, name) for name in CLIENTS]
        model = await self._stack.enter_async_context(
            models.open_model(self._models, self._settings, self._metrics, role="template")
        )
        prompt = load_prompt("scribe.gateway.template_writer.prompts", "template")
        writer: TemplateWriter = writing.TemplateWriter(model, prompt, self._models.timeout)
        return writer


@asynccontextmanager
async def open_templates(
    models: ModelChoice, settings: ProviderSettings, metrics: Metrics, log: Logger
) -> AsyncIterator[Templates | None]:
    """What writes templates; None, and a warning, where a model has no key: everything else works without."""
    try:
        for name in models.names:
            settings.key_of(provider_of(name))
    except ConfigurationError as error:
        log.warning("templates_unavailable", reason=str(error))
        yield None
        return
    async with AsyncExitStack() as stack:
        yield Templates(models, settings, metrics, stack)
