"""`python -m scribe.common.messaging.provision`: create or verify streams, buckets and durable consumers, and exit."""

from scribe.common.process.signals import exit_on_signals, unwind_on_signals

if __name__ == "__main__":
    exit_on_signals(143)  # before the imports below, which take a second

import asyncio
import sys

from pydantic import Field

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.ensuring import ensure_all_consumers, ensure_streams
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.observability.logs import configure
from scribe.common.settings import load
from scribe.common.tasks.route import ROUTE, Route


class ProvisionSettings(BrokerSettings):
    """What the provisioning command reads."""

    step_concurrency: int = Field(
        4 * max(step.concurrency for step in ROUTE),
        ge=1,
        description="Deliveries that all pods of one step may have in progress.",
    )


async def provision(broker: Broker, settings: ProvisionSettings, route: Route = ROUTE) -> None:
    """Make or verify everything.

    Raises:
        ConfigurationError: something is there with another configuration.
    """
    await ensure_streams(broker.js, settings.stream_limits)
    await ensure_all_consumers(broker.js, settings.step_concurrency, route)


async def _run(settings: ProvisionSettings) -> int:
    log = configure(settings, "provision")
    try:
        async with connect(settings, "scribe-setup", log) as broker:
            await provision(broker, settings)
    except ConfigurationError as error:
        log.error("misconfigured", reason=str(error))
        return 2
    log.info("provisioned")
    return 0


if __name__ == "__main__":
    unwind_on_signals(143)
    sys.exit(asyncio.run(_run(load(ProvisionSettings))))
