"""OpenTelemetry, off until an endpoint is configured by the standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, …).

Without one nothing is recorded, yet every request and task has a trace id, so that its log lines can be found
together. With one the standard variables say the rest (`OTEL_TRACES_SAMPLER`, `OTEL_RESOURCE_ATTRIBUTES`, …).

An exporter that fails or hangs never hurts the work: spans leave in batches from a thread of their own, are dropped
when the queue is full, and the end of the process waits `FLUSH_TIMEOUT` for what is still queued, no longer.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

FLUSH_TIMEOUT = 3.0
EXPORT_TIMEOUT = 5.0
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@contextmanager
def open_telemetry(service: str) -> Iterator[None]:
    """Record spans while the block runs; those still queued at its end are sent, within FLUSH_TIMEOUT seconds."""
    provider = _provider(service)
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    try:
        yield
    finally:
        flushing = threading.Thread(target=provider.shutdown, name="flush-spans", daemon=True)
        flushing.start()
        flushing.join(FLUSH_TIMEOUT)


def running_version() -> str:
    """`service.version` of OTEL_RESOURCE_ATTRIBUTES, which the chart sets to the image's tag; else the package's."""
    return str(Resource.create().attributes.get(SERVICE_VERSION) or version("scribe-common"))


def _provider(service: str) -> TracerProvider:
    """The provider of spans. Baggage is not propagated, because clients choose its content."""
    resource = Resource.create({SERVICE_NAME: service, SERVICE_NAMESPACE: "scribe"})
    if not any(os.environ.get(name) for name in _ENDPOINTS):
        return TracerProvider(ALWAYS_OFF, resource, shutdown_on_exit=False)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - 4 MiB of protobuf

    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=EXPORT_TIMEOUT)))
    return provider
