"""Every span of every process, named and described by OpenTelemetry's conventions.

| span                             | kind     | where                                                   |
|----------------------------------|----------|---------------------------------------------------------|
| `POST /api/email/generate`, …    | SERVER   | a request to the gateway                                |
| `send pipeline.<step>`           | PRODUCER | a transition or dead letter on its way into a stream    |
| `process pipeline.<step>`        | CONSUMER | one delivery at a worker, or the projection of the end  |
| `chat <model>`                   | CLIENT   | a request to a model                                    |
| `GET`, `POST`                    | CLIENT   | a request to any other service, a visit to a page       |
| `INSERT emails`, …               | CLIENT   | a transaction in PostgreSQL                             |

No prompt, name, address, query or page is in them: a span tells what was done, the database what was written. Nor
are exceptions recorded, whose texts may quote what they failed on; a failed span has the error's class.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from urllib.parse import SplitResult

from opentelemetry import propagate, trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai
from opentelemetry.semconv._incubating.attributes import messaging_attributes as messaging
from opentelemetry.semconv.attributes import (
    db_attributes,
    error_attributes,
    http_attributes,
    server_attributes,
    url_attributes,
)
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

SCOPE = "scribe"
ATTEMPT, OUTCOME, ROLE = "scribe.attempt", "scribe.outcome", "scribe.role"
UPSTREAM, COST = "scribe.upstream", "scribe.cost_usd"

Attributes = Mapping[str, AttributeValue]

# Stands for the tracer of whichever provider the process installs.
_TRACER = trace.get_tracer(SCOPE)


def request_span(method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
    """A request from a client: the root of a trace. A trace that the client names is linked and not continued, because
    a client could otherwise have every request sampled.
    """
    link = extract_context(headers)
    return _span(method, SpanKind.SERVER, {http_attributes.HTTP_REQUEST_METHOD: method}, Context(), link)


def record_response(span: Span, method: str, route: str, status: int) -> None:
    """Complete the span of a request with what is known when it is over."""
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {http_attributes.HTTP_ROUTE: route, http_attributes.HTTP_RESPONSE_STATUS_CODE: status},
    )
    if status >= 500:
        record_failure(span, str(status))


def publish_span(destination: str, task_id: str, message_id: str, size: int) -> AbstractContextManager[Span]:
    """A message of `size` bytes on its way into a stream. `destination` is the same for all users and tasks."""
    return _span(
        f"send {destination}",
        SpanKind.PRODUCER,
        {
            **_message(destination, task_id, "send"),
            messaging.MESSAGING_MESSAGE_ID: message_id,
            messaging.MESSAGING_MESSAGE_BODY_SIZE: size,
        },
    )


def process_span(
    destination: str, task_id: str, headers: Mapping[str, str], *, consumer: str, attempt: int
) -> AbstractContextManager[Span]:
    """One delivery of a message, below the span that sent it."""
    return _span(
        f"process {destination}",
        SpanKind.CONSUMER,
        {
            **_message(destination, task_id, "process"),
            messaging.MESSAGING_CONSUMER_GROUP_NAME: consumer,
            ATTEMPT: attempt,
        },
        propagate.extract(headers),
    )


def link_earlier(earlier: SpanContext | None, attempt: int) -> None:
    """Link the span of a delivery to that of the attempt before it, where one is known."""
    span = trace.get_current_span()
    if earlier is not None and span.is_recording():
        span.add_link(earlier, {ATTEMPT: attempt - 1})


def call_span(upstream: str, method: str, url: SplitResult | None = None) -> AbstractContextManager[Span]:
    """A request to an outside service. The span names the server of the URL and not its path; for a page not even the
    server.
    """
    attributes: dict[str, AttributeValue] = {UPSTREAM: upstream, http_attributes.HTTP_REQUEST_METHOD: method}
    if url is not None:
        attributes |= {server_attributes.SERVER_ADDRESS: url.hostname or "", url_attributes.URL_SCHEME: url.scheme}
        if url.port is not None:
            attributes[server_attributes.SERVER_PORT] = url.port
    return _span(method, SpanKind.CLIENT, attributes)


def record_call(span: Span, status: int) -> None:
    """Complete the span of a call with the status of its answer."""
    span.set_attribute(http_attributes.HTTP_RESPONSE_STATUS_CODE, status)
    if status >= 400:
        record_failure(span, str(status))


def llm_span(provider: str, model: str, role: str, max_tokens: int | None) -> AbstractContextManager[Span]:
    """A request to a model, without what is asked."""
    attributes: dict[str, AttributeValue] = {
        gen_ai.GEN_AI_OPERATION_NAME: gen_ai.GenAiOperationNameValues.CHAT.value,
        gen_ai.GEN_AI_PROVIDER_NAME: provider,
        gen_ai.GEN_AI_REQUEST_MODEL: model,
        gen_ai.GEN_AI_OUTPUT_TYPE: gen_ai.GenAiOutputTypeValues.JSON.value,
        ROLE: role,
    }
    if max_tokens is not None:
        attributes[gen_ai.GEN_AI_REQUEST_MAX_TOKENS] = max_tokens
    return _span(f"chat {model}", SpanKind.CLIENT, attributes)


def record_llm(
    span: Span, model: str, finish_reason: str | None, tokens: tuple[int, int], cost_usd: float | None
) -> None:
    """Complete the span of a request to a model. `tokens` are those that went in and those that came out."""
    span.set_attributes(
        {
            gen_ai.GEN_AI_RESPONSE_MODEL: model,
            gen_ai.GEN_AI_RESPONSE_FINISH_REASONS: (finish_reason or "unknown",),
            gen_ai.GEN_AI_USAGE_INPUT_TOKENS: tokens[0],
            gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS: tokens[1],
        }
    )
    if cost_usd is not None:
        span.set_attribute(COST, cost_usd)


@contextmanager
def transaction_span(summary: str) -> Iterator[Span]:
    """A transaction in PostgreSQL. `summary` names its statements and tables (`INSERT emails`), never their values.

    It has no child spans: what happens meanwhile belongs to the span around it.
    """
    attributes = {db_attributes.DB_SYSTEM_NAME: "postgresql", db_attributes.DB_QUERY_SUMMARY: summary}
    span = _TRACER.start_span(summary, kind=SpanKind.CLIENT, attributes=attributes)
    try:
        with _NotesFailure(span):
            yield span
    finally:
        span.end()


def record_failure(span: Span, kind: str) -> None:
    """Mark a span as failed with the class of an error, or a status code."""
    span.set_attribute(error_attributes.ERROR_TYPE, kind)
    span.set_status(Status(StatusCode.ERROR))


def extract_context(headers: Mapping[str, str]) -> SpanContext | None:
    """The span that `headers` (`traceparent`) name, where they name one."""
    found = trace.get_current_span(propagate.extract(headers, Context())).get_span_context()
    return found if found.is_valid else None


def current_traceparent() -> str | None:
    """The current span as a `traceparent`, to be stored until the work is taken up again."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continue_trace(traceparent: str | None) -> Iterator[None]:
    """A block that belongs to the span which was stored as `traceparent`."""
    token = attach(propagate.extract({"traceparent": traceparent or ""}, Context()))
    try:
        yield
    finally:
        detach(token)


def _message(destination: str, task_id: str, operation: str) -> dict[str, AttributeValue]:
    return {
        messaging.MESSAGING_SYSTEM: "nats",
        messaging.MESSAGING_OPERATION_TYPE: operation,
        messaging.MESSAGING_OPERATION_NAME: operation,
        messaging.MESSAGING_DESTINATION_NAME: destination,
        messaging.MESSAGING_MESSAGE_CONVERSATION_ID: task_id,
    }


@contextmanager
def _span(
    name: str, kind: SpanKind, attributes: Attributes, context: Context | None = None, link: SpanContext | None = None
) -> Iterator[Span]:
    links = [Link(link)] if link else None
    span = _TRACER.start_span(name, context=context, kind=kind, attributes=attributes, links=links)
    token = attach(trace.set_span_in_context(span))
    try:
        with _NotesFailure(span):
            yield span
    finally:
        detach(token)
        span.end()


class _NotesFailure:
    """Marks a span as failed when its block is left with an exception."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            record_failure(self._span, kind.__name__)
