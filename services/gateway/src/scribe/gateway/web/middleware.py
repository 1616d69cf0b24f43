"""Wrapped around every request: an id, one log line, one span, metrics, a limit on the body, and a handler of last
resort.
"""

import re
import time
from http import HTTPStatus
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scribe.common.observability import spans
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import RequestMetrics
from scribe.gateway.problems import Problem, problem_response
from scribe.gateway.web.protection import protect

REQUEST_ID = "X-Request-ID"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
PROBES = frozenset({"/livez", "/readyz"})
UNKNOWN_ROUTE = "unknown"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "_OTHER"
"""OpenTelemetry's value for every other method: clients must not be able to create new series."""


class RequestScope:
    """Gives each request its id, and records its outcome in one log line, one span and the metrics."""

    def __init__(self, app: ASGIApp, log: Logger, metrics: RequestMetrics) -> None:
        self.app = app
        self._log = log
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id, given = str(uuid4()), _given_id(headers)
        ids = {"request_id": request_id, **({"client_request_id": given} if given else {})}
        method = scope["method"] if scope["method"] in _METHODS else OTHER_METHOD
        response = ObservedResponse(send, given or request_id, scope["path"])
        started = time.monotonic()
        with (
            structlog.contextvars.bound_contextvars(**ids),
            spans.request_span(method, dict(headers)) as span,
            self._metrics.in_progress.labels(method).track_inprogress(),
        ):
            try:
                await self._answer(scope, receive, response)
            finally:
                route, status = route_of(scope), response.status or HTTPStatus.INTERNAL_SERVER_ERROR.value
                spans.record_response(span, method, route, status)
                self._record(method, route, status, time.monotonic() - started)

    async def _answer(self, scope: Scope, receive: Receive, response: "ObservedResponse") -> None:
        """Let the application answer. An error that it does not handle is logged, and answered where none has begun."""
        try:
            await self.app(scope, receive, response.send)
        except Exception as error:  # noqa: BLE001 - the edge of the process
            kind = type(error).__name__
            self._log.error("request_failed", route=route_of(scope), error_class=kind, exc_info=error)
            if response.status is None:
                await _apology()(scope, receive, response.send)

    def _record(self, method: str, route: str, status: int, seconds: float) -> None:
        self._metrics.requests.labels(method, route, str(status)).inc()
        if not route.endswith("/events"):
            self._metrics.duration.labels(method, route).observe(seconds)
        self._log.info("request", method=method, route=route, status=status, duration=round(seconds, 4))


class ObservedResponse:
    """Sends a response with the headers that every one has; `status` is None until it has begun."""

    def __init__(self, send: Send, request_id: str, path: str) -> None:
        self.status: int | None = None
        self._send = send
        self._request_id = request_id
        self._path = path

    async def send(self, message: Message) -> None:
        """Send one message of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self._request_id
            protect(headers, self._path)
        await self._send(message)


class BodyLimit:
    """Refuses a body over `limit` bytes, whether its length is announced or only found while reading."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        announced = Headers(scope=scope).get("content-length", "0") if scope["type"] == "http" else "0"
        if not announced.isdigit() or int(announced) > self._limit:
            detail = f"The request is larger than {self._limit} bytes."
            await problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)(scope, receive, send)
            return
        received = 0

        async def counting_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                # Not a Problem: FastAPI, which is reading, would take any other exception for malformed JSON.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self.app(scope, counting_receive, send)


def _apology() -> ASGIApp:
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, Problem.detail)


def _given_id(headers: Headers) -> str | None:
    """The client's own id: returned, and logged beside ours, whose place it does not take, for it may be repeated."""
    given = headers.get(REQUEST_ID, "")
    return given if _ACCEPTABLE_ID.fullmatch(given) else None


def route_of(scope: Scope) -> str:
    """The template of the route, as the label: paths have too many values."""
    return str(getattr(scope.get("route"), "path", UNKNOWN_ROUTE))
