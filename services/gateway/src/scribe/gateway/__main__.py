"""`python -m scribe.gateway`: the REST API, and beside it the relay, the projector and the reconciler."""

from scribe.common.process.heap import defer_collections, freeze_heap
from scribe.common.process.signals import exit_on_signals, unwind_on_signals

if __name__ == "__main__":
    exit_on_signals(0)  # before the imports below, which take a second
    defer_collections()

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import uvloop

from scribe.common.errors import ConfigurationError, leaves_of
from scribe.common.http.upstream import open_upstream
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker, connect
from scribe.common.messaging.provision import provision
from scribe.common.observability.logs import Logger, configure
from scribe.common.observability.metrics import DatabaseMetrics, Metrics
from scribe.common.observability.telemetry import open_telemetry, running_version
from scribe.common.process.database import open_pool, show_connections
from scribe.common.process.ending import cancel_and_wait
from scribe.common.process.health import serving
from scribe.common.process.watchdog import watching_loop
from scribe.common.settings import load
from scribe.common.tasks.route import ROUTE, Route
from scribe.gateway.app import create_app, create_probes
from scribe.gateway.auth.keys import IssuerKeys
from scribe.gateway.auth.tokens import TokenVerifier
from scribe.gateway.auth.users import UserCache
from scribe.gateway.context import Context
from scribe.gateway.database import Database
from scribe.gateway.pipeline.installation import claim_streams
from scribe.gateway.pipeline.notifications import open_notifications
from scribe.gateway.pipeline.pauses import StepPauses
from scribe.gateway.pipeline.positions import Positions
from scribe.gateway.pipeline.projector import Projector
from scribe.gateway.pipeline.reconciler import Reconciler
from scribe.gateway.pipeline.relay import Relay
from scribe.gateway.pipeline.server_metrics import ServerMetricsCollector
from scribe.gateway.problems import ServiceUnavailable
from scribe.gateway.settings import GatewaySettings
from scribe.gateway.template_writer.documents import Documents
from scribe.gateway.template_writer.opening import open_templates

JWKS_PATH = "/.well-known/jwks.json"
JWKS_TIMEOUT = 5.0


@asynccontextmanager
async def open_context(
    settings: GatewaySettings, log: Logger, route: Route = ROUTE
) -> AsyncIterator[tuple[Context, Relay]]:
    """Everything that requests need, and the relay that they wake."""
    with open_telemetry("scribe-gateway"):
        metrics = _metrics()
        async with (
            watching_loop(metrics.loop, log),
            open_database(settings, metrics.database) as database,
            open_broker(settings, log, route) as broker,
            open_notifications(broker, settings.streams_per_user) as notifications,
            open_tokens(settings, metrics) as tokens,
            open_templates(settings.template_models, settings, metrics, log) as templates,
        ):
            relay = Relay(database, broker, settings, log, metrics.tasks, route)
            context = Context(
                settings=settings,
                database=database,
                broker=broker,
                metrics=metrics,
                log=log,
                tokens=tokens,
                users=UserCache(database),
                positions=Positions(database),
                pauses=StepPauses(database, route),
                notifications=notifications,
                documents=Documents(settings.guard, settings.tls),
                templates=templates,
                wake_relay=relay.wake,
                route=route,
            )
            yield context, relay


def _metrics() -> Metrics:
    metrics = Metrics()
    metrics.process.show_version(running_version())
    metrics.tasks.create_zeros()
    return metrics


@asynccontextmanager
async def open_broker(settings: GatewaySettings, log: Logger, route: Route) -> AsyncIterator[Broker]:
    """The connection to NATS, whose streams are there when the block begins."""
    async with connect(settings, "scribe-gateway", log) as broker:
        await provision(broker, settings, route)
        yield broker


@asynccontextmanager
async def open_tokens(settings: GatewaySettings, metrics: Metrics) -> AsyncIterator[TokenVerifier]:
    """What verifies users' tokens, by the keys of their issuer or by the shared secret."""
    async with open_upstream("supabase", settings.issuer, metrics, timeout=JWKS_TIMEOUT) as issuer:
        secrets = partial(settings.current_secret, "jwt_secret")
        yield TokenVerifier(IssuerKeys(issuer, JWKS_PATH), settings.issuer, secrets, settings.admin_user_ids)


@asynccontextmanager
async def claimed_streams(context: Context) -> AsyncIterator[None]:
    """Check whose streams these are before anything is read from them; where a server is away, nothing is checked.

    Raises:
        ConfigurationError: they are another installation's.
    """
    with suppress(ServiceUnavailable, *NATS_UNAVAILABLE):
        await claim_streams(context.database, context.broker)
    yield


@asynccontextmanager
async def open_database(settings: GatewaySettings, metrics: DatabaseMetrics) -> AsyncIterator[Database]:
    """Two pools, which share the process's connections, where users' requests have a login of their own; else one."""
    async with open_pool(settings, "gateway", size=settings.loops_pool_size) as pool, AsyncExitStack() as stack:
        pools = [pool]
        if settings.users_database_url:
            of_users = open_pool(settings, "gateway-users", url="users_database_url", size=settings.users_pool_size)
            pools.append(await stack.enter_async_context(of_users))
        show_connections(metrics, *pools)
        yield Database(pool, pools[-1], metrics)


@asynccontextmanager
async def looping(context: Context, relay: Relay) -> AsyncIterator[None]:
    """Relay, project and reconcile while the block runs; what the projector has pulled is projected at the end.

    Raises:
        ExceptionGroup: a loop has ended by itself, a ConfigurationError among its errors where an operator must act.
    """
    projector = _projector(context, relay)
    collector = ServerMetricsCollector(context.database, context.broker, context.metrics, context.route)
    async with asyncio.TaskGroup() as tasks:
        projecting = tasks.create_task(projector.run())
        others = [tasks.create_task(loop.run()) for loop in (relay, _reconciler(context, relay), collector)]
        try:
            yield
        finally:
            await cancel_and_wait(*others)
            projector.stop()
            await projecting


def _projector(context: Context, relay: Relay) -> Projector:
    return Projector(
        context.database,
        context.broker,
        context.log,
        context.metrics,
        ended=relay.use_places,
        answers_kept=context.settings.answers_kept,
        route=context.route,
    )


def _reconciler(context: Context, relay: Relay) -> Reconciler:
    return Reconciler(
        context.database,
        context.broker,
        context.settings,
        context.log,
        context.metrics.tasks,
        reissued=relay.wake,
        route=context.route,
    )


async def serve(settings: GatewaySettings, log: Logger) -> int:
    """Run until SIGTERM or SIGINT; 0 after a clean shutdown, 1 when NATS is gone for good."""
    async with (
        open_context(settings, log) as (context, relay),
        claimed_streams(context),
        serving(create_probes(context), settings.host, settings.probe_port, setting="SCRIBE_PROBE_PORT") as probes,
        serving(
            create_app(context),
            settings.host,
            settings.port,
            grace=settings.shutdown_grace,
            bounds=settings.connection_bounds,
        ) as port,
        looping(context, relay),
    ):
        freeze_heap()
        log.info("gateway_started", port=port, probe_port=probes)
        code = await _until_signalled(context.broker, log)
        context.notifications.close()
    log.info("stopped")
    return code


async def _until_signalled(broker: Broker, log: Logger) -> int:
    signalled = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signalled.set)
    waiting = {asyncio.create_task(signalled.wait()), asyncio.create_task(broker.closed.wait())}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    if broker.closed.is_set():
        log.error("nats_closed")
        return 1
    log.info("stopping")
    return 0


def main() -> None:
    """The process. Exit codes: 0 after a clean shutdown, 1 when NATS is gone for good, 2 when misconfigured."""
    unwind_on_signals(0)
    settings = load(GatewaySettings)
    log = configure(settings, "gateway")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code = runner.run(serve(settings, log))
    except* ConfigurationError as errors:
        for error in leaves_of(errors):
            log.error("misconfigured", reason=str(error))
        code = 2
    sys.exit(code)


if __name__ == "__main__":
    main()
