"""`scribe-ops COMMAND`, or `python -m scribe.gateway.ops COMMAND`: for operators, with the gateway's own settings.

It answers on stdout, as a table or with `--json` as JSON, and refuses in one sentence on stderr. Exit codes: 0 done, 1
refused or found something wrong, 2 not understood or misconfigured. Who ran it is in the audit log of Kubernetes, which
records `exec`.
"""

from scribe.common.process.signals import exit_on_signals

if __name__ == "__main__":
    exit_on_signals(143)  # before the imports below, which take a second

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import NATS_UNAVAILABLE, connect
from scribe.common.observability.logs import Logger, configure
from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import open_pool
from scribe.common.settings import load
from scribe.common.tasks.route import ROUTE
from scribe.gateway.database import Database
from scribe.gateway.ops import dead_letters, doctor, streams, tokens
from scribe.gateway.ops.answer import Answer, write
from scribe.gateway.ops.operations import Command, Operations
from scribe.gateway.problems import Problem
from scribe.gateway.settings import GatewaySettings


def parsed(arguments: Sequence[str]) -> Command:
    """The command that was typed; ends the process with exit code 2 where it is not understood."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="answer in JSON")
    parser = argparse.ArgumentParser(prog="scribe-ops", description="Scribe's pipeline, for operators.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (dead_letters, streams, doctor, tokens):
        module.add_commands(commands, shared)
    command = Command()
    parser.parse_args(arguments, namespace=command)
    return command


async def _answer(command: Command, settings: GatewaySettings, log: Logger) -> Answer:
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        pool = await stack.enter_async_context(open_pool(settings, "ops", metrics.database))
        broker = await stack.enter_async_context(connect(settings, "scribe-ops", log))
        operations = Operations(Database(pool, pool, metrics.database), broker, settings, ROUTE)
        return await command.run(operations, command)


def main() -> None:
    """Carry one command out."""
    command = parsed(sys.argv[1:])
    settings = load(GatewaySettings)
    log = configure(settings.model_copy(update={"log_level": "warning"}), "ops")
    try:
        answer = asyncio.run(_answer(command, settings, log))
    except (Problem, ConfigurationError) as error:
        sys.exit(str(error))
    except NATS_UNAVAILABLE as error:
        sys.exit(f"NATS did not answer as it should: {type(error).__name__}")
    write(answer, as_json=command.json)
    sys.exit(0 if answer.is_good else 1)


if __name__ == "__main__":
    main()
