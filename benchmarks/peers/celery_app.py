"""Four Celery tasks that do nothing, each acknowledged after it has run, as Scribe's are; the last one counts.

Tuned by the guide "Optimizing": many short tasks take a high prefetch multiplier, and a connection for each greenlet.
With PEER_STATES=1 the state of each task is kept, begun and ended, as Scribe keeps it; else nothing is.
"""

import os

import redis
from celery import Celery

URL = os.environ["PEER_REDIS_URL"]
DONE = "done"
STEPS = ("parser", "scraper", "arxiv", "composer")

KEEPS_STATES = os.environ.get("PEER_STATES") == "1"

app = Celery("peer", broker=URL, backend=URL if KEEPS_STATES else None)
app.conf.update(
    task_ignore_result=not KEEPS_STATES,
    task_track_started=KEEPS_STATES,
    redis_max_connections=1024,
    broker_transport_options={"max_connections": 1024},
    task_acks_late=True,
    task_routes={f"celery_app.{step}": {"queue": step} for step in STEPS},
    worker_prefetch_multiplier=128,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    broker_pool_limit=256,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)
counter = redis.Redis.from_url(URL)


@app.task
def parser(body: dict[str, str]) -> dict[str, str]:
    """The first step."""
    return body


@app.task
def scraper(body: dict[str, str]) -> dict[str, str]:
    """The second step."""
    return body


@app.task
def arxiv(body: dict[str, str]) -> dict[str, str]:
    """The third step."""
    return body


@app.task
def composer(_body: dict[str, str]) -> None:
    """The last step."""
    counter.incr(DONE)
