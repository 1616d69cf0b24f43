"""The same work as a Celery chain over Redis, with the settings that Celery documents for tasks that must not be lost.

Four tasks in four queues, one worker each. Every task makes one paid call for its item; the last one writes the e-mail
and marks the row in one transaction. Runs in an environment of its own (benchmarks/peers/requirements.txt):

    python celery_chain.py worker QUEUE     one worker
    python celery_chain.py submit NUMBER    store so many rows, send their chains, print their ids
"""

import os
import sys
from uuid import uuid4

import httpx
import psycopg
from celery import Celery, Task, chain

REDIS_URL, DATABASE_URL, MODEL_URL = (os.environ[f"PEER_{name}_URL"] for name in ("REDIS", "DATABASE", "MODEL"))
VISIBILITY_TIMEOUT = 60
QUEUES = ("parser", "scraper", "arxiv", "composer")
SCHEMA = """
CREATE TABLE users (id uuid PRIMARY KEY, generation_count int NOT NULL DEFAULT 0);
CREATE TABLE queue_items (
    id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users, status text NOT NULL DEFAULT 'pending',
    error_message text, email_id uuid, cancelled_at timestamptz
);
CREATE TABLE emails (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), task_id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL, text text NOT NULL
);
"""

app = Celery("chain", broker=REDIS_URL, backend=REDIS_URL)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": VISIBILITY_TIMEOUT},
    result_backend_always_retry=True,
    result_backend_transport_options={"visibility_timeout": VISIBILITY_TIMEOUT},
)


class Step(Task):
    """Tried again with growing delays where a service fails; a failure in the end is written into the row."""

    autoretry_for = (httpx.HTTPError, psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction)
    max_retries = 10
    retry_backoff = True
    retry_backoff_max = 30
    retry_jitter = True

    def on_failure(self, exc, task_id, args, kwargs, einfo):
        with psycopg.connect(DATABASE_URL, connect_timeout=10) as connection:
            connection.execute(
                "UPDATE queue_items SET status = 'failed', error_message = %s WHERE id = %s AND status = 'pending'",
                ("This e-mail could not be written.", args[-1]),
            )


def ask(step, item):
    """One paid call."""
    body = {"model": "peer", "max_tokens": 100, "messages": [{"role": "user", "content": f"{step} of {item}"}]}
    answer = httpx.post(
        f"{MODEL_URL}/v1/messages", json=body, headers={"x-api-key": "peer"}, timeout=30, trust_env=False
    )
    answer.raise_for_status()
    return answer.json()["content"]


@app.task(base=Step, name="parser", queue="parser")
def parser(item):
    ask("parser", item)
    return item


@app.task(base=Step, name="scraper", queue="scraper")
def scraper(item):
    ask("scraper", item)
    return item


@app.task(base=Step, name="arxiv", queue="arxiv")
def arxiv(item):
    ask("arxiv", item)
    return item


@app.task(base=Step, name="composer", queue="composer")
def composer(item):
    text = str(ask("composer", item))
    with psycopg.connect(DATABASE_URL, connect_timeout=10) as connection:
        written = connection.execute(
            "INSERT INTO emails (task_id, user_id, text) SELECT id, user_id, %s FROM queue_items WHERE id = %s"
            " ON CONFLICT (task_id) DO NOTHING RETURNING id, user_id",
            (text, item),
        ).fetchone()
        if written:
            connection.execute("UPDATE users SET generation_count = generation_count + 1 WHERE id = %s", (written[1],))
            connection.execute(
                "UPDATE queue_items SET status = 'completed', email_id = %s WHERE id = %s", (written[0], item)
            )


def submit(number):
    """Rows first, then the chains: a process that ends in between leaves a row that nothing works on."""
    user, items = str(uuid4()), [str(uuid4()) for _ in range(number)]
    with psycopg.connect(DATABASE_URL) as connection:
        if connection.execute("SELECT to_regclass('queue_items')").fetchone()[0] is None:
            connection.execute(SCHEMA)
        connection.execute("INSERT INTO users (id) VALUES (%s)", (user,))
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO queue_items (id, user_id) VALUES (%s, %s)", [(item, user) for item in items]
            )
    for item in items:
        chain(parser.s(item), scraper.s(), arxiv.s(), composer.s()).apply_async(retry=True)
    print("\n".join(items))


if __name__ == "__main__":
    command, argument = sys.argv[1:]
    if command == "submit":
        submit(int(argument))
    else:
        app.worker_main(["worker", "-Q", argument, "-n", f"{argument}@%h", "-c", "8", "-P", "prefork", "-l", "WARNING"])
