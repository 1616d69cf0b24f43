"""The gateway as it runs in production, in the test's own loop, and clients for its users."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import structlog

from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.permissions import GATEWAY, IMPORTED_API, OPERATOR
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.messaging.streams import MIB
from scribe.common.process.health import serving
from scribe.common.tasks.route import ROUTE, Route
from scribe.gateway.__main__ import looping, open_context
from scribe.gateway.app import create_app, create_probes
from scribe.gateway.context import Context
from scribe.gateway.settings import GatewaySettings
from tests.support.issuer import Issuer
from tests.support.servers import as_login, as_user

TEMPLATE = "Dear {{name}},\n\nI read about your work on {{topic}}.\n\nKind regards"


@dataclass(frozen=True)
class Gateway:
    """A gateway that answers at `url`."""

    url: str
    probe_url: str
    issuer: Issuer
    context: Context

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        """A client that sends `token`, or none, and means it when it sends the same body twice."""
        headers = {"Scribe-Repeat": "allow"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60)

    async def metrics(self) -> str:
        """What Prometheus reads."""
        async with httpx.AsyncClient(base_url=self.probe_url) as client:
            response = await client.get("/metrics")
            assert response.headers["content-type"].startswith("text/plain")
            return response.text

    @asynccontextmanager
    async def user(self, user_id: UUID | None = None, **claims: object) -> AsyncIterator["User"]:
        """A user who has been set up, and the client that they use."""
        user_id = user_id or uuid4()
        async with self.client(self.issuer.token(user_id, key=None, **claims)) as client:
            response = await client.post("/api/user/init")
            assert response.status_code == 201, response.text
            yield User(user_id, client)

    @asynccontextmanager
    async def operated(self) -> AsyncIterator[Broker]:
        """A connection to its NATS that may do everything; the gateway's own may not play the workers."""
        settings = BrokerSettings(nats_url=as_user(self.context.settings.nats_url, OPERATOR))
        async with connect(settings, "tests", structlog.get_logger()) as broker:
            yield broker

    @asynccontextmanager
    async def admin(self) -> AsyncIterator["User"]:
        """An administrator."""
        async with self.user(app_metadata={"role": "admin"}) as admin:
            yield admin


@dataclass(frozen=True)
class User:
    """Somebody with an account."""

    id: UUID
    client: httpx.AsyncClient

    async def generate(self, **changes: object) -> str:
        """Submit one e-mail; gives the task's id."""
        body = {"email_template": TEMPLATE, "recipient_name": "Ada Example", "recipient_interest": "quantum fluids"}
        response = await self.client.post("/api/email/generate", json={**body, **changes})
        assert response.status_code == 202, response.text
        return str(response.json()["task_id"])

    async def batch(self, count: int) -> list[str]:
        """Submit many, in batches of a hundred; gives the ids of the items."""
        ids: list[str] = []
        for first in range(0, count, 100):
            numbers = range(first, min(first + 100, count))
            items = [{"recipient_name": f"Person {n}", "recipient_interest": f"topic {n}"} for n in numbers]
            response = await self.client.post("/api/queue/batch", json={"items": items, "email_template": TEMPLATE})
            assert response.status_code == 201, response.text
            ids += response.json()["queue_item_ids"]
        return ids

    async def items(self) -> list[dict[str, object]]:
        """The list of items."""
        response = await self.client.get("/api/queue/")
        assert response.status_code == 200, response.text
        found: list[dict[str, object]] = response.json()
        return found

    async def status(self, task_id: str) -> dict[str, object]:
        """A task's status."""
        response = await self.client.get(f"/api/email/status/{task_id}")
        assert response.status_code == 200, response.text
        found: dict[str, object] = response.json()
        return found

    async def is_in(self, task_id: str, status: str) -> bool:
        """Whether a task has this status."""
        return (await self.status(task_id))["status"] == status

    async def is_at(self, task_id: str, step: str, step_status: str) -> bool:
        """Whether a task is being worked on and stands there."""
        result = (await self.status(task_id))["result"]
        return isinstance(result, dict) and (result["current_step"], result["step_status"]) == (step, step_status)


def gateway_settings(database_url: str, nats_url: str, issuer: Issuer, **changes: object) -> GatewaySettings:
    """Settings for a test: small streams, quick loops; `changes` replace them."""
    defaults: dict[str, object] = {
        "database_url": as_login(database_url, "scribe_gateway"),
        "users_database_url": as_login(database_url, "scribe_user"),
        "nats_url": as_user(nats_url, GATEWAY),
        "nats_api_prefix": IMPORTED_API,
        "supabase_url": issuer.url,
        "host": "127.0.0.1",
        "port": 0,
        "probe_port": 0,
        "pipeline_max_bytes": 8 * MIB,
        "events_max_bytes": 8 * MIB,
        "deadletter_max_bytes": 8 * MIB,
        "step_concurrency": 4,
        "relay_interval": 0.1,
        "reconcile_interval": 3600,
        "answers_kept": 0,
        "generate_per_minute": 10_000,
        "batches_per_minute": 10_000,
    }
    return GatewaySettings.model_validate({**defaults, **changes})


@asynccontextmanager
async def running_gateway(
    database_url: str, nats_url: str, issuer: Issuer, *, loops: bool = True, **changes: object
) -> AsyncIterator[Gateway]:
    """A gateway on a free port; without `loops` nothing is relayed, projected or reconciled."""
    async with serving_gateway(
        gateway_settings(database_url, nats_url, issuer, **changes), issuer, loops=loops
    ) as gateway:
        yield gateway


@asynccontextmanager
async def serving_gateway(
    settings: GatewaySettings, issuer: Issuer, *, loops: bool = True, route: Route = ROUTE
) -> AsyncIterator[Gateway]:
    """A gateway with these settings, for tasks of this route."""
    log = structlog.get_logger()
    async with AsyncExitStack() as stack:
        context, relay = await stack.enter_async_context(open_context(settings, log, route))
        probes = await stack.enter_async_context(serving(create_probes(context), settings.host, settings.probe_port))
        port = await stack.enter_async_context(serving(create_app(context), settings.host, settings.port))
        if loops:
            await stack.enter_async_context(looping(context, relay))
        yield Gateway(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{probes}", issuer, context)
