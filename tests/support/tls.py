"""An https server with a certificate of its own authority."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trustme
import uvicorn
from starlette.types import ASGIApp

from scribe.common.process.health import bind


@asynccontextmanager
async def serving_tls(app: ASGIApp, folder: Path) -> AsyncIterator[tuple[int, ssl.SSLContext]]:
    """The port, and a context that trusts the server."""
    authority = trustme.CA()
    certificate = folder / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(app, ssl_certfile=certificate, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server._serve(sockets=[listener]))
        try:
            yield int(listener.getsockname()[1]), trusting
        finally:
            server.should_exit = True
