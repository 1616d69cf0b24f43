"""`/livez`, `/readyz` and `/metrics` of a worker, on a small HTTP server of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import ceil

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scribe.common.errors import ConfigurationError
from scribe.common.process.protocol import Bounds, bounded

BACKLOG = 2048
KEEP_ALIVE = 75
"""Seconds; longer than proxies keep an idle connection (60 s mostly), so that a proxy never uses one that has just been
closed.
"""
GRACE = 2.0
PROBE_BOUNDS = Bounds(connections=256)

Check = Callable[[], bool]


@dataclass(frozen=True)
class Checks:
    """Named conditions: when a `live` one fails, the process is to be restarted; when a `ready` one fails, it is to get
    no work.
    """

    live: Mapping[str, Check]
    ready: Mapping[str, Check]


def probes(checks: Checks, registry: CollectorRegistry) -> Starlette:
    """The ASGI application of the probes."""

    async def livez(_request: Request) -> Response:
        return _answer(checks.live)

    async def readyz(_request: Request) -> Response:
        return _answer({**checks.live, **checks.ready})

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)])


def _answer(checks: Mapping[str, Check]) -> JSONResponse:
    results = {name: check() for name, check in checks.items()}
    healthy = all(results.values())
    return JSONResponse({"status": "ok" if healthy else "unavailable", "checks": results}, 200 if healthy else 503)


@asynccontextmanager
async def serving(
    app: Starlette,
    host: str,
    port: int,
    *,
    grace: float = GRACE,
    bounds: Bounds = PROBE_BOUNDS,
    setting: str = "SCRIBE_PORT",
) -> AsyncIterator[int]:
    """Serve `app` while the block runs; gives the port, a free one where `port` is 0. `setting` is where it comes from.

    At the end no connection is taken any more, and requests that are under way have `grace` seconds to be answered.

    Raises:
        ConfigurationError: the port is taken.
    """
    listener = bind(host, port, setting)
    server = uvicorn.Server(_config(app, grace, bounds))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server._serve(sockets=[listener]))  # noqa: SLF001 - `serve` takes over the process's signals
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True


def _config(app: Starlette, grace: float, bounds: Bounds) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        http=bounded(bounds),
        ws="none",
        timeout_graceful_shutdown=ceil(grace),
        timeout_keep_alive=KEEP_ALIVE,
    )


def bind(host: str, port: int, setting: str = "SCRIBE_PORT") -> socket.socket:
    """A listening socket.

    Raises:
        ConfigurationError: the port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named asyncio sends at once; without it each answer waits some 40 ms for the client's ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"port {port} cannot be used ({error.strerror}); set {setting} to a free one"
        ) from error
    return listener
