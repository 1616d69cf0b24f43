"""OpenTelemetry, off until an endpoint is configured by the standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, …).

An exporter that fails or hangs never hurts the work: spans leave in batches from a thread of their own, and are
dropped when the queue is full.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@contextmanager
def open_telemetry(service: str) -> Iterator[Tracer]:
    """The tracer of this process; spans that are still queued at the end are sent."""
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service, SERVICE_NAMESPACE: "scribe"}))
    if any(os.environ.get(name) for name in _ENDPOINTS):
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=5)))
    trace.set_tracer_provider(provider)
    try:
        yield provider.get_tracer("scribe")
    finally:
        provider.shutdown()
