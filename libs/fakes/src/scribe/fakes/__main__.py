"""`python -m scribe.fakes`: all stand-ins in one process; prints one line of JSON with their addresses."""

from scribe.fakes.signals import SIGNALS, exit_on_signals

if __name__ == "__main__":
    exit_on_signals()  # before the imports below, which take a second

import argparse
import asyncio
import json
import sys
from pathlib import Path

from scribe.fakes.server import serving
from scribe.fakes.supabase import Keys


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    keys = Keys.load_or_create(options.keys) if options.keys else None
    async with serving(options.host, options.port, keys=keys, base_url=options.base_url) as fakes:
        print(json.dumps(fakes.addresses()), flush=True)  # noqa: T201 - the command's answer
        await ended.wait()


def main(arguments: list[str]) -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m scribe.fakes", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--base-url", help="what others reach this process by")
    parser.add_argument("--keys", type=Path, help="file that keeps the issuer's keys over restarts")
    asyncio.run(run(parser.parse_args(arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
