"""PgBouncer in transaction mode: what Supabase's pooler and most production set-ups put before PostgreSQL."""

import asyncio
import os
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from scribe.local.ports import free_port
from tests.support.requirements import require_program
from tests.support.waiting import eventually

SERVER_CONNECTIONS = 4
"""Fewer than the clients of any test, so that every server connection passes from one to another."""


@asynccontextmanager
async def running_pgbouncer(server_url: str, folder: Path) -> AsyncIterator[str]:
    """The URL of a pooler before a server's databases; no session outlives a transaction.

    It knows no passwords of its own: whoever reaches it is the server's superuser.
    """
    program, port = require_program("pgbouncer"), free_port()
    server = urlsplit(server_url)
    config = folder / "pgbouncer.ini"
    config.write_text(
        "[databases]\n"
        f"* = host={server.hostname} port={server.port} user={server.username} password={server.password or ''}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {SERVER_CONNECTIONS}\n"
    )
    # It refuses to run as root.
    as_user = ("--user", "nobody") if os.getuid() == 0 else ()
    process = await asyncio.create_subprocess_exec(program, *as_user, config, stdout=DEVNULL, stderr=DEVNULL)
    url = f"postgresql://{server.username}@127.0.0.1:{port}{server.path}"
    try:
        await eventually(lambda: _answers(url))
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=2, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True
