"""Celery: `python celery_noop.py prefork|gevent|one`: a worker a step, or one for all; children of this process."""

import sys
import time

from celery import chain
from celery_app import DONE, STEPS, arxiv, composer, counter, parser, scraper
from turns import BODY, children, take_turns

POOLS = {
    "prefork": ("--pool", "prefork", "--concurrency", "1"),
    "gevent": ("--pool", "gevent", "--concurrency", "64"),
    "one": ("--pool", "prefork", "--concurrency", "2"),
}
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR")


def run(items: int) -> None:
    """Send chains, and wait for the last one's last task."""
    goal = int(counter.get(DONE) or 0) + items
    for _ in range(items):
        chain(parser.s(BODY), scraper.s(), arxiv.s(), composer.s()).apply_async()
    while int(counter.get(DONE) or 0) < goal:
        time.sleep(0.02)


def main(pool: str) -> None:
    """Start the workers, and take turns once they answer."""
    command = (sys.executable, "-m", "celery", "-A", "celery_app", "worker", *POOLS[pool], *QUIET)
    queues = (",".join(STEPS),) if pool == "one" else STEPS
    with children((*command, "--queues", names, "--hostname", f"{names}@peer") for names in queues):
        run(1)
        take_turns(run)


if __name__ == "__main__":
    main(sys.argv[1])
