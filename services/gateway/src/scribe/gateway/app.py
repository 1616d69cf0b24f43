"""The ASGI application: routers and what surrounds them."""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from scribe.gateway.admin import deadletters
from scribe.gateway.admin import routes as admin
from scribe.gateway.context import Context
from scribe.gateway.emails import export
from scribe.gateway.emails import routes as emails
from scribe.gateway.queue import events, upload
from scribe.gateway.queue import routes as queue
from scribe.gateway.status import console, health
from scribe.gateway.templates import routes as templates
from scribe.gateway.users import routes as users
from scribe.gateway.web import errors, openapi, swagger
from scribe.gateway.web.middleware import PROBES, BodyLimit, RequestScope

ALLOWED = [
    *("Authorization", "Cache-Control", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID"),
    *("Scribe-Repeat", "traceparent", "X-Request-ID"),
]
EXPOSED = [
    *("X-Request-ID", "Location", "Retry-After", "ETag", "RateLimit", "RateLimit-Policy", "X-Total-Count", "Link"),
    "Content-Disposition",
]

MIN_COMPRESSED = 1000
"""Bytes of an answer below which compressing it saves no packet."""
COMPRESSION = 1
"""The quickest level: a list of a hundred items becomes a tenth; the others take several times longer for little."""

ROUTERS = (
    # Polled routes come first; fixed paths before `/api/queue/{id}` and `/api/email/{id}`.
    events.router,
    upload.router,
    queue.router,
    queue.email_router,
    export.router,
    emails.router,
    console.router,
    health.router,
    health.probe_router,
    users.router,
    templates.router,
    deadletters.router,
    admin.router,
)


def _name(route: APIRoute) -> str:
    return route.name


def assemble(*, docs: bool = True) -> FastAPI:
    """The routes, their errors and their description, without a context."""
    app = FastAPI(
        title="Scribe",
        version=health.VERSION,
        summary="Personal cold e-mails to academics, researched and true.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if docs else None,
        redirect_slashes=False,
        generate_unique_id_function=_name,
        # `RequestScope` records each request; the framework's own spans and logs would hold bodies and stack traces.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    openapi.describe(app)
    if docs:
        swagger.install(app)
    return app


def create_probes(context: Context) -> FastAPI:
    """The probes and metrics, for a port that only the cluster reaches."""
    app = FastAPI(openapi_url=None)
    app.state.context = context
    app.include_router(health.probe_router)
    app.include_router(health.metrics_router)
    return app


def create_app(context: Context) -> FastAPI:
    """The REST API over an open context."""
    app = assemble(docs=context.settings.docs)
    app.state.context = context
    app.add_middleware(GZipMiddleware, minimum_size=MIN_COMPRESSED, compresslevel=COMPRESSION)
    app.add_middleware(BodyLimit, limit=context.settings.request_max_bytes)
    context.metrics.requests.create_zeros(
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.path not in PROBES
        for method in route.methods or ()
    )
    app.add_middleware(RequestScope, log=context.log, metrics=context.metrics.requests)
    # Outermost, so that browsers may read every answer, also those of the other two.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(context.settings.cors_origins),
        allow_credentials=True,
        allow_methods=["GET", "POST", "PATCH", "DELETE", "OPTIONS"],
        allow_headers=ALLOWED,
        expose_headers=EXPOSED,
    )
    return app
