"""PgBouncer in transaction mode: what Supabase's pooler and most production set-ups put before PostgreSQL."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from scribe.local.ports import free_port
from tests.support.requirements import require_program
from tests.support.servers import LOGIN_ROLES, as_login
from tests.support.waiting import eventually

SERVER_CONNECTIONS = 4
"""Fewer than the clients of any test, so that every server connection passes from one to another."""


@dataclass
class Pooler:
    """A PgBouncer that can be killed and started again, on one port. It knows the passwords of the
    superuser and of the services' logins in tests, and connects as whoever has come to it.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    url: str = ""
    process: "subprocess.Popen[bytes] | None" = None

    def point_to(self, server_url: str) -> None:
        """Start it before the databases of a server, where it does not run yet."""
        if self.process is not None:
            return
        server, users = urlsplit(server_url), self.folder / "pgbouncer.users"
        logins = [server, *(urlsplit(as_login(server_url, role)) for role in LOGIN_ROLES)]
        users.write_text("".join(f'"{login.username}" "{login.password or ""}"\n' for login in logins))
        (self.folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={server.hostname} port={server.port}\n[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = scram-sha-256\nauth_file = {users}\n"
            f"pool_mode = transaction\ndefault_pool_size = {SERVER_CONNECTIONS}\n"
        )
        self.url = server._replace(netloc=f"{server.username}:{server.password or ''}@127.0.0.1:{self.port}").geturl()
        self.start()

    def start(self) -> None:
        """Start it; it answers a moment later."""
        # It refuses to run as root.
        as_user = ("--user", "nobody") if os.getuid() == 0 else ()
        command = (require_program("pgbouncer"), *as_user, str(self.folder / "pgbouncer.ini"))
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self, *, kill: bool = False) -> None:
        """End it, with SIGKILL or by asking."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            self.process.wait(timeout=10)


@asynccontextmanager
async def running_pgbouncer(server_url: str, folder: Path) -> AsyncIterator[str]:
    """The URL of a pooler before a server's databases; no session outlives a transaction."""
    pooler = Pooler(folder)
    pooler.point_to(server_url)
    try:
        await eventually(lambda: _answers(pooler.url))
        yield pooler.url
    finally:
        pooler.end()


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=2, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True
