"""All stand-ins on one port, each under a path of its own, with their controls."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from scribe.fakes.arxiv import arxiv
from scribe.fakes.arxiv_records import FakeRecords
from scribe.fakes.control_routes import control_routes
from scribe.fakes.controls import Controlled, Controls
from scribe.fakes.exa import exa
from scribe.fakes.model.anthropic import anthropic
from scribe.fakes.model.fireworks import fireworks
from scribe.fakes.supabase import Keys, supabase
from scribe.fakes.web import web


@dataclass(frozen=True)
class Fakes:
    """Where the stand-ins are, and what can be done to them."""

    url: str
    controls: Controls
    keys: Keys
    papers: FakeRecords = field(default_factory=FakeRecords.of_known_people)

    @property
    def anthropic_url(self) -> str:
        """For `ANTHROPIC_BASE_URL`."""
        return f"{self.url}/anthropic"

    @property
    def fireworks_url(self) -> str:
        """For `FIREWORKS_BASE_URL`."""
        return f"{self.url}/fireworks/inference/v1"

    @property
    def exa_url(self) -> str:
        """For `SCRIBE_EXA_URL`."""
        return f"{self.url}/exa"

    @property
    def arxiv_url(self) -> str:
        """For `SCRIBE_ARXIV_URL`."""
        return f"{self.url}/arxiv"

    @property
    def supabase_url(self) -> str:
        """For `SCRIBE_SUPABASE_URL`."""
        return f"{self.url}/supabase"

    @property
    def web_url(self) -> str:
        """The pages."""
        return f"{self.url}/web"

    @property
    def issuer(self) -> str:
        """The issuer of the tokens."""
        return f"{self.supabase_url}/auth/v1"

    @property
    def host_port(self) -> str:
        """For `SCRIBE_GUARD_ALLOW`."""
        return self.url.partition("://")[2]

    def mint_token(
        self,
        *,
        sub: str | None = None,
        email: str | None = "student@example.org",
        claims: Mapping[str, object] | None = None,
    ) -> str:
        """A token of this issuer."""
        return self.keys.mint(self.issuer, sub=sub, email=email, claims=claims)

    def addresses(self) -> dict[str, str]:
        """Every address by name, as JSON."""
        names = (
            "url",
            "anthropic_url",
            "fireworks_url",
            "exa_url",
            "arxiv_url",
            "supabase_url",
            "web_url",
            "host_port",
        )
        return {"stand_in": "true", **{name: str(getattr(self, name)) for name in names}}


def application(fakes: Fakes) -> ASGIApp:
    """Every stand-in under its path, and the controls."""
    routes = [
        *control_routes(fakes.controls),
        Mount("/anthropic", anthropic()),
        Mount("/fireworks", fireworks()),
        Mount("/exa", exa(fakes.web_url)),
        Mount("/arxiv", arxiv(fakes.papers)),
        Mount("/supabase", supabase(fakes.keys)),
        Mount("/web", web()),
        Mount("/", web()),
    ]
    return Controlled(Starlette(routes=routes), fakes.controls)


@asynccontextmanager
async def serving(
    host: str = "127.0.0.1", port: int = 0, *, keys: Keys | None = None, base_url: str | None = None
) -> AsyncIterator[Fakes]:
    """The stand-ins, on a real socket, while the block runs; `base_url` is what others reach them by."""
    # Only where the protocol is named does asyncio send at once, as the real ones do.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    url = base_url or f"http://{host}:{listener.getsockname()[1]}"
    fakes = Fakes(url.rstrip("/"), Controls(), keys or Keys.create())
    config = uvicorn.Config(
        application(fakes), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve(sockets=[listener]))  # noqa: SLF001 - `serve` takes over the signals
    try:
        yield fakes
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task
