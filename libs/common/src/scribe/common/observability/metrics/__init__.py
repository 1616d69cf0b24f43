"""Every instrument of every process. Base units, low cardinality, no personal data; built once, passed down.

Metrics
├── process     version, memory, CPU time
├── loop        lag of the event loop
├── steps       deliveries, attempts and durations of the workers
├── upstreams   calls to outside services, breakers
├── llm         tokens and US dollars
├── arxiv       authors asked for at arXiv
├── grounding   facts kept and dropped, corrections, confidence
├── browser     pages and restarts of Chromium
├── database    connections of this process's pool
├── requests    what the gateway answers, open event streams
├── tasks       the gateway's loops: relay, projector, reconciler
└── servers     what the gateway sees of JetStream and PostgreSQL

A group is registered when it is first used, so that a process exposes only what it measures. What can be zero is made
at the start (`create_zeros`), so that a rate has a beginning.
"""

from functools import cached_property

from prometheus_client import CollectorRegistry

from scribe.common.observability.metrics.calls import DatabaseMetrics, LlmMetrics, UpstreamCall, UpstreamMetrics
from scribe.common.observability.metrics.gateway import RequestMetrics, TaskMetrics
from scribe.common.observability.metrics.process import ProcessMetrics
from scribe.common.observability.metrics.servers import JetStreamMetrics, PostgresMetrics, ServerMetrics
from scribe.common.observability.metrics.work import (
    ArxivMetrics,
    BrowserMetrics,
    GroundingMetrics,
    LoopMetrics,
    StepMetrics,
)

__all__ = [
    "ArxivMetrics",
    "BrowserMetrics",
    "DatabaseMetrics",
    "GroundingMetrics",
    "JetStreamMetrics",
    "LlmMetrics",
    "LoopMetrics",
    "Metrics",
    "PostgresMetrics",
    "ProcessMetrics",
    "RequestMetrics",
    "ServerMetrics",
    "StepMetrics",
    "TaskMetrics",
    "UpstreamCall",
    "UpstreamMetrics",
]


class Metrics:
    """The instruments of one process, on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

    @cached_property
    def process(self) -> ProcessMetrics:
        """Metrics of the process itself."""
        return ProcessMetrics(self.registry)

    @cached_property
    def loop(self) -> LoopMetrics:
        """Metrics of the event loop."""
        return LoopMetrics(self.registry)

    @cached_property
    def steps(self) -> StepMetrics:
        """Metrics of a worker's deliveries."""
        return StepMetrics(self.registry)

    @cached_property
    def upstreams(self) -> UpstreamMetrics:
        """Metrics of calls to outside services."""
        return UpstreamMetrics(self.registry)

    @cached_property
    def llm(self) -> LlmMetrics:
        """Metrics of tokens and cost."""
        return LlmMetrics(self.registry)

    @cached_property
    def arxiv(self) -> ArxivMetrics:
        """Metrics of authors looked up on arXiv."""
        return ArxivMetrics(self.registry)

    @cached_property
    def grounding(self) -> GroundingMetrics:
        """Metrics of evidence."""
        return GroundingMetrics(self.registry)

    @cached_property
    def browser(self) -> BrowserMetrics:
        """Metrics of Chromium."""
        return BrowserMetrics(self.registry)

    @cached_property
    def database(self) -> DatabaseMetrics:
        """Metrics of this process's database pool."""
        return DatabaseMetrics(self.registry)

    @cached_property
    def requests(self) -> RequestMetrics:
        """Metrics of the REST API."""
        return RequestMetrics(self.registry)

    @cached_property
    def tasks(self) -> TaskMetrics:
        """Metrics of the gateway's loops, and of tasks."""
        return TaskMetrics(self.registry)

    @cached_property
    def jetstream(self) -> JetStreamMetrics:
        """Metrics of streams and consumers."""
        return JetStreamMetrics(self.registry)

    @cached_property
    def postgres(self) -> PostgresMetrics:
        """Metrics of the database server."""
        return PostgresMetrics(self.registry)

    @cached_property
    def servers(self) -> ServerMetrics:
        """Metrics of whether the servers answer, and of the queue."""
        return ServerMetrics(self.registry)

    def every(self) -> tuple[object, ...]:
        """Every group, which registers them all: for the documentation."""
        return (
            *(self.loop, self.steps, self.upstreams, self.llm, self.grounding, self.browser, self.database),
            *(self.requests, self.tasks, self.jetstream, self.postgres, self.servers, self.arxiv, self.process),
        )
