"""The faults, each as a function that does it and returns when it is over."""

import asyncio
import signal

import asyncpg
import httpx

from scribe.local.tokens import mint_token
from tests.chaos.driver import WORKERS, Cell, Chaos

END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'scribe-%'"
CANCEL_STATEMENTS = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'scribe-%'"
READ_ONLY = "ALTER DATABASE postgres SET default_transaction_read_only = on"
WRITABLE = "ALTER DATABASE postgres SET default_transaction_read_only = off"
RETRIES = 3
DURATION = 15.0
"""Seconds for which a fault lasts that is not one moment."""


async def nothing(_chaos: Chaos) -> None:
    """The baseline."""


async def kill_workers(chaos: Chaos) -> None:
    """SIGKILL of a worker at random, eight times."""
    for number in range(8):
        await chaos.until(0.08 * number)
        chaos.kill(chaos.random.choice(WORKERS))


async def kill_gateway(chaos: Chaos) -> None:
    """SIGKILL of the gateway, between what it published and what it marked as well."""
    for number in range(4):
        await chaos.until(0.15 * number)
        chaos.kill("gateway")


async def restart_everything(chaos: Chaos) -> None:
    """SIGTERM to every process of ours, one after the other."""
    for number, name in enumerate((*WORKERS, "gateway")):
        await chaos.until(0.1 * number)
        chaos.child(name).send(signal.SIGTERM)


async def freeze_workers(chaos: Chaos) -> None:
    """SIGSTOP of every worker past ack_wait: their messages go to nobody, and then to themselves again."""
    await chaos.until(0.2)
    await chaos.freeze(WORKERS, 40.0)


async def freeze_nats(chaos: Chaos) -> None:
    """A nats-server that holds its connections open and answers nothing."""
    await chaos.until(0.2)
    await chaos.freeze(("nats-server",), 30.0)


async def kill_nats(chaos: Chaos) -> None:
    """SIGKILL of nats-server, three times."""
    for number in range(3):
        await chaos.until(0.2 * number)
        chaos.kill("nats-server")


async def delete_streams(chaos: Chaos) -> None:
    """All of JetStream's storage, at once."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        names = [str(info.config.name) for info in await broker.js.streams_info()]
        await asyncio.gather(*(broker.js.delete_stream(name) for name in names))


async def delete_consumers(chaos: Chaos) -> None:
    """Every durable consumer of a step, by hand."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        for step in WORKERS:
            await broker.js.delete_consumer("PIPELINE", step)


async def publish_rubbish(chaos: Chaos) -> None:
    """Messages of no schema, with no headers, or of tasks that are not there."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        for number in range(40):
            step = chaos.random.choice(WORKERS)
            await broker.js.publish(f"pipeline.{step}.rubbish-{number}.{10**number}", chaos.random.randbytes(2000))


async def kill_postgres(chaos: Chaos) -> None:
    """SIGKILL of PostgreSQL every five seconds."""
    await chaos.until(0.1)
    for _ in range(4):
        chaos.kill("PostgreSQL")
        await asyncio.sleep(5)


async def freeze_postgres(chaos: Chaos) -> None:
    """A PostgreSQL that holds its connections open and answers nothing."""
    await chaos.until(0.2)
    await chaos.freeze(("PostgreSQL",), DURATION)


async def read_only_postgres(chaos: Chaos) -> None:
    """A failover: for a while everybody who connects finds a standby."""
    await chaos.until(0.2)
    await chaos.execute(READ_ONLY, END_CONNECTIONS)
    await asyncio.sleep(DURATION)
    await chaos.execute("SET default_transaction_read_only = off", WRITABLE)


async def end_connections(chaos: Chaos) -> None:
    """Every connection to PostgreSQL ended, every 300 ms."""
    await chaos.until(0.1)
    for _ in range(int(DURATION / 0.3)):
        await chaos.execute(END_CONNECTIONS)
        await asyncio.sleep(0.3)


async def cancel_statements(chaos: Chaos) -> None:
    """Every statement that runs cancelled, every 50 ms."""
    await chaos.until(0.1)
    connection = await asyncpg.connect(chaos.platform.postgres.url)
    try:
        for _ in range(int(DURATION / 0.05)):
            await connection.execute(CANCEL_STATEMENTS)
            await asyncio.sleep(0.05)
    finally:
        await connection.close()


def upstream(seconds: float, **fault: object) -> "Upstream":
    """A fault of the model's provider for so long."""
    return Upstream(seconds, {"path": "/anthropic/", **fault})


class Upstream:
    """A fault of a stand-in that lasts."""

    def __init__(self, seconds: float, fault: dict[str, object]) -> None:
        self._seconds = seconds
        self._fault = fault

    async def __call__(self, chaos: Chaos) -> None:
        """Put it into force when a fifth has ended, and take it back."""
        await chaos.until(0.2)
        await chaos.control(**self._fault)
        await asyncio.sleep(self._seconds)
        await chaos.heal()


async def cancel_and_retry(chaos: Chaos) -> None:
    """A fifth of the items cancelled, deleted or tried again at any moment, against each other."""
    chosen = chaos.random.sample(sorted(chaos.campaign.accepted), len(chaos.campaign.accepted) // 5)
    tokens = [
        mint_token(chaos.platform.folder, chaos.platform.state, f"user{number}@example.org")
        for number in range(chaos.campaign.users)
    ]
    async with httpx.AsyncClient(base_url=chaos.platform.url, timeout=30, trust_env=False) as client:

        async def disturb(item: str) -> None:
            for _ in range(RETRIES):
                verb, path = chaos.random.choice((("POST", "/cancel"), ("POST", "/retry"), ("DELETE", "")))
                for token in tokens:
                    bearer = {"Authorization": f"Bearer {token}"}
                    answer = await client.request(verb, f"/api/queue/{item}{path}", headers=bearer)
                    if verb == "DELETE" and answer.status_code == httpx.codes.OK:
                        chaos.deleted.add(item)

        for item in chosen:
            await disturb(item)


CELLS = (
    Cell("nothing", nothing),
    Cell("workers killed at random", kill_workers),
    Cell("gateway killed", kill_gateway),
    Cell("every process restarted (SIGTERM)", restart_everything),
    Cell("workers frozen for 40 s", freeze_workers),
    Cell("nats-server killed", kill_nats),
    Cell("nats-server frozen for 30 s", freeze_nats),
    Cell("all streams deleted, paid answers too", delete_streams, forgets=1),
    Cell("all consumers deleted", delete_consumers),
    Cell("rubbish in the stream", publish_rubbish),
    Cell("PostgreSQL killed every 5 s", kill_postgres),
    Cell("PostgreSQL frozen for 15 s", freeze_postgres),
    Cell("PostgreSQL read-only for 15 s", read_only_postgres),
    Cell("connections ended every 300 ms", end_connections),
    Cell("statements cancelled every 50 ms", cancel_statements),
    Cell("model: 529 for 40 s", upstream(40.0, status=529)),
    Cell("model: 429, Retry-After 90", upstream(5.0, status=429, retry_after="90")),
    Cell("model: hangs for 40 s", upstream(40.0, hang=True)),
    Cell("model: connections reset", upstream(20.0, close=True)),
    Cell("model: answers cut off", upstream(20.0, broken="truncated")),
    Cell("model: 401 for 20 s", upstream(20.0, status=401)),
    Cell("model: no credit for 20 s", upstream(20.0, status=400, message="Your credit balance is too low")),
    Cell("cancel, delete, retry", cancel_and_retry, forgets=RETRIES),
)
