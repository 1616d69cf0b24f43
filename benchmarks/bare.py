"""`python benchmarks/bare.py --database URL`: the least that can answer a poll, the peer of gateway.py.

FastAPI and asyncpg with the gateway's own SELECT, for the user whom a header names: no tokens, no row-level security,
no ETag, no request ids, logs or metrics. Prints its port.
"""

import argparse
import asyncio
from uuid import UUID

import asyncpg
import uvloop
from fastapi import FastAPI, Header, Response

from scribe.common.process.health import serving
from scribe.gateway.queue.routes import LIST


def application(pool: asyncpg.Pool) -> FastAPI:
    """One route."""
    app = FastAPI()

    @app.get("/api/queue/")
    async def list_items(user: UUID = Header()) -> Response:  # noqa: B008 - FastAPI's way
        async with pool.acquire() as connection:
            _version, items = await connection.fetchval(LIST, user, [], 0, "{}")
        return Response(items, media_type="application/json")

    return app


async def main(database: str) -> None:
    """Serve until killed, as the gateway is served."""
    async with (
        asyncpg.create_pool(database, max_size=10) as pool,
        serving(application(pool), "127.0.0.1", 0) as port,
    ):
        print(port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(parser.parse_args().database))
