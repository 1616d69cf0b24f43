"""`/health` for the frontend, `/livez` and `/readyz` for what routes requests here, `/metrics` on a port of its own."""

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version

import asyncpg
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from scribe.common.process.database import POSTGRES_UNAVAILABLE
from scribe.gateway.context import Context, InContext
from scribe.gateway.problems import ServiceUnavailable

CHECK_TIMEOUT = 2.0
VERSION = version("scribe-gateway")
router = APIRouter(tags=["health"])
probe_router = APIRouter(tags=["health"])
metrics_router = APIRouter()


class Health(BaseModel):
    """Whether the platform can work."""

    status: str
    database: str
    broker: str
    timestamp: datetime
    version: str


@router.get("/health", responses={503: {"model": Health, "description": "Something is away."}})
async def health(context: InContext, response: Response) -> Health:
    """The state of what the gateway needs; 503 where something is away."""
    database, broker = await _database_answers(context), context.broker.is_connected
    healthy = database and broker
    response.status_code = 200 if healthy else 503
    return Health(
        status=_word(healthy),
        database=_word(database),
        broker=_word(broker),
        timestamp=datetime.now(UTC),
        version=VERSION,
    )


class Readiness(BaseModel):
    """Whether requests should come here, and why not."""

    status: str
    checks: dict[str, bool]


@probe_router.get("/livez")
async def livez() -> Readiness:
    """The process answers."""
    return Readiness(status="ok", checks={})


@probe_router.get("/readyz", responses={503: {"model": Readiness, "description": "No requests, please."}})
async def readyz(context: InContext, response: Response) -> Readiness:
    """Whether requests should come here."""
    checks = {"database": await _database_answers(context), "nats": context.broker.is_connected}
    ready = checks["database"]
    response.status_code = 200 if ready else 503
    return Readiness(status="ok" if ready else "unavailable", checks=checks)


@metrics_router.get("/metrics")
async def metrics(context: InContext) -> Response:
    """Prometheus' text format."""
    return Response(generate_latest(context.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _word(healthy: bool) -> str:
    return "healthy" if healthy else "unhealthy"


async def _database_answers(context: Context) -> bool:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT), context.database.as_service() as connection:
            return bool(await connection.fetchval("SELECT true"))
    except (ServiceUnavailable, asyncpg.PostgresError, *POSTGRES_UNAVAILABLE):
        return False
