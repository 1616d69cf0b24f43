"""FastStream: `python faststream_chain.py`; its workers, one a step, are children of this process."""

import sys

from nats_driver import drive
from turns import children

STEPS = ("parser", "scraper", "arxiv", "composer")
RUN = "import os, sys; os.environ['PEER_STEP'] = sys.argv.pop(); from faststream.__main__ import cli; cli()"


def main() -> None:
    """Start the workers, and take turns."""
    with children((sys.executable, "-c", RUN, "run", "faststream_app:app", step) for step in STEPS):
        drive("peer.parser", "through")


if __name__ == "__main__":
    main()
