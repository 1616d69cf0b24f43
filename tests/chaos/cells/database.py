"""Faults of PostgreSQL."""

import asyncio

import asyncpg

from tests.chaos.cell import Cell
from tests.chaos.chaos import Chaos
from tests.chaos.setup.pooler import Pooled
from tests.support.pooler import Pooler

END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'scribe-%'"
CANCEL_STATEMENTS = (
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'scribe-%' AND state = 'active'"
)
IS_READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"
READ_ONLY = "ALTER DATABASE postgres SET default_transaction_read_only = on"
WRITABLE = "ALTER DATABASE postgres SET default_transaction_read_only = off"
DURATION = 15.0


async def kill_postgres(chaos: Chaos) -> None:
    """SIGKILL of PostgreSQL every five seconds."""
    await chaos.until(0.1)
    for _ in range(4):
        chaos.kill("PostgreSQL")
        await chaos.lasting(5)


async def freeze_postgres(chaos: Chaos) -> None:
    """A PostgreSQL that holds its connections open and answers nothing."""
    await chaos.until(0.2)
    await chaos.freeze(("PostgreSQL",), DURATION)


async def read_only_postgres(chaos: Chaos) -> None:
    """A failover: for a while everybody who connects finds a standby."""
    await chaos.until(0.2)
    await chaos.execute(READ_ONLY, END_CONNECTIONS)
    async with chaos.database() as connection:
        chaos.traces.note("new connections read-only", await connection.fetchval(IS_READ_ONLY))
    await chaos.lasting(DURATION)
    await chaos.execute("SET default_transaction_read_only = off", WRITABLE)


async def end_connections(chaos: Chaos) -> None:
    """Every connection to PostgreSQL ended, every 300 ms."""
    await chaos.until(0.1)
    async with chaos.database() as connection:
        for _ in range(int(DURATION / 0.3)):
            chaos.traces.note("connections ended", len(await connection.fetch(END_CONNECTIONS)))
            await chaos.lasting(0.3)


async def cancel_statements(chaos: Chaos) -> None:
    """Every statement that runs cancelled, every 50 ms."""
    await chaos.until(0.1)
    async with chaos.database() as connection:
        for _ in range(int(DURATION / 0.05)):
            chaos.traces.note("statements cancelled", len(await connection.fetch(CANCEL_STATEMENTS)))
            await chaos.lasting(0.05)


async def use_up_connections(chaos: Chaos) -> None:
    """Every connection that the server allows taken by somebody else."""
    await chaos.until(0.2)
    held: list[asyncpg.Connection] = []
    try:
        async with chaos.database() as connection:
            await connection.execute(END_CONNECTIONS)
        while len(held) < 250:
            held.append(await asyncpg.connect(chaos.target.database_url, timeout=10))
    except asyncpg.TooManyConnectionsError:
        chaos.traces.note("connections taken", len(held))
        await chaos.lasting(DURATION)
    finally:
        await asyncio.gather(*(connection.close() for connection in held))


async def restart_pooler(chaos: Chaos) -> None:
    """PgBouncer killed and started again, four times."""
    pooler = chaos.rig.part(Pooler)
    for number in range(4):
        await chaos.until(0.15 * number)
        pooler.end(kill=True)
        chaos.traces.note("PgBouncer: SIGKILL")
        await chaos.lasting(2.0)
        pooler.start()


CELLS = (
    Cell("PostgreSQL killed every 5 s", kill_postgres),
    Cell("PostgreSQL frozen for 15 s", freeze_postgres),
    Cell("PostgreSQL read-only for 15 s", read_only_postgres),
    Cell("connections ended every 300 ms", end_connections),
    Cell("statements cancelled every 50 ms", cancel_statements),
    Cell("connections used up for 15 s", use_up_connections),
    Cell("PgBouncer restarted", restart_pooler, parts=(Pooled(),)),
)
