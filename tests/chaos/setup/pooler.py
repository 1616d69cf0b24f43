"""PgBouncer before PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from scribe.local.processes import Program
from scribe.local.servers.logins import LOGINS
from tests.chaos.setup.rig import Rig
from tests.support.pooler import Pooler


@dataclass(frozen=True)
class Pooled:
    """The services reach PostgreSQL through PgBouncer, which logs in as the superuser."""

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Start it with the first service, when PostgreSQL is there."""
        pooler = Pooler(rig.platform.folder.path)
        rig.parts.append(pooler)

        def adapt(program: Program) -> Program:
            urls = [name for name in program.environment if name in LOGINS]
            if not urls:
                return program
            pooler.point_to(rig.platform.postgres.url)
            return replace(program, environment={**program.environment, **dict.fromkeys(urls, pooler.url)})

        rig.adapts.append(adapt)
        try:
            yield
        finally:
            pooler.end()
