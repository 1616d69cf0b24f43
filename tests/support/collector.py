"""A real endpoint for traces: OTLP over HTTP, protobuf, kept in memory."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scribe.common.process.health import serving

Value = str | int | float | bool | list[str]


@dataclass(frozen=True)
class Received:
    """A span as it arrived. Ids are hexadecimal; `parent_id` is empty for a root."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    start: int
    end: int
    attributes: dict[str, Value]
    links: tuple[str, ...]
    is_error: bool


@dataclass
class Collector:
    """What has been received so far; `hang` makes it take requests and never answer, `status` another answer."""

    url: str = ""
    spans: list[Received] = field(default_factory=list)
    hang: bool = False
    status: int = 200
    requests: int = 0

    def trace(self, trace_id: str) -> list[Received]:
        """The spans of one trace, in the order of their start."""
        return sorted((span for span in self.spans if span.trace_id == trace_id), key=lambda span: span.start)

    def environment(self) -> dict[str, str]:
        """What makes a process send its spans here, soon."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}

    async def take(self, request: Request) -> Response:
        """One export."""
        self.requests += 1
        body = await request.body()
        if self.hang:
            await asyncio.Event().wait()
        if self.status == 200:
            plain = gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body
            self.spans.extend(_received(ExportTraceServiceRequest.FromString(plain)))
        return Response(status_code=self.status, media_type="application/x-protobuf")


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector on a free port."""
    collector = Collector()
    app = Starlette(routes=[Route("/v1/traces", collector.take, methods=["POST"])])
    async with serving(app, "127.0.0.1", 0) as port:
        collector.url = f"http://127.0.0.1:{port}"
        yield collector


def tree(spans: list[Received]) -> list[str]:
    """One line a span, indented below its parent: its service, kind and name, in the order of the start."""
    known = {span.span_id for span in spans}
    lines: list[str] = []

    def add(parent: str, depth: int) -> None:
        for span in sorted(spans, key=lambda span: span.start):
            is_root = parent == "" and span.parent_id not in known
            if is_root or (parent and span.parent_id == parent):
                lines.append(f"{'  ' * depth}{span.service}: {span.kind} {span.name}")
                add(span.span_id, depth + 1)

    add("", 0)
    return lines


def _received(request: ExportTraceServiceRequest) -> list[Received]:
    return [
        _span(_attributes(list(group.resource.attributes)), span)
        for group in request.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]


def _span(resource: dict[str, Value], span: Span) -> Received:
    return Received(
        service=str(resource["service.name"]),
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        attributes=_attributes(list(span.attributes)),
        links=tuple(link.span_id.hex() for link in span.links),
        is_error=span.status.code == Status.STATUS_CODE_ERROR,
    )


def _attributes(pairs: list[KeyValue]) -> dict[str, Value]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Value:
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "double_value":
            return value.double_value
        case "bool_value":
            return value.bool_value
        case "array_value":
            return [str(_value(part)) for part in value.array_value.values]
        case other:
            raise ValueError(f"an attribute of kind {other}")
