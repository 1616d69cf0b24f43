"""Every instrument of every process. Base units, low cardinality, no personal data; built once, passed down.

Metrics
├── steps       deliveries, attempts and durations of the workers
├── upstreams   calls to outside services, breakers
├── llm         tokens and US dollars
├── grounding   facts kept and dropped, corrections, confidence
├── browser     pages and restarts of Chromium
├── database    connections of this process's pool
├── requests    what the gateway answers, open event streams
├── tasks       the gateway's loops: relay, projector, reconciler
└── servers     what the gateway sees of JetStream and PostgreSQL

Whatever can be zero is made at the start (`create_zeros`), so that a rate has a beginning. Every gauge has a label:
one without would show a false 0 in each process that does not set it.
"""

from prometheus_client import CollectorRegistry

from scribe.common.observability.metrics.calls import DatabaseMetrics, LlmMetrics, UpstreamCall, UpstreamMetrics
from scribe.common.observability.metrics.gateway import RequestMetrics, TaskMetrics
from scribe.common.observability.metrics.servers import ServerMetrics
from scribe.common.observability.metrics.work import BrowserMetrics, GroundingMetrics, StepMetrics

__all__ = [
    "BrowserMetrics",
    "DatabaseMetrics",
    "GroundingMetrics",
    "LlmMetrics",
    "Metrics",
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
        self.steps = StepMetrics(self.registry)
        self.upstreams = UpstreamMetrics(self.registry)
        self.llm = LlmMetrics(self.registry)
        self.grounding = GroundingMetrics(self.registry)
        self.browser = BrowserMetrics(self.registry)
        self.database = DatabaseMetrics(self.registry)
        self.requests = RequestMetrics(self.registry)
        self.tasks = TaskMetrics(self.registry)
        self.servers = ServerMetrics(self.registry)
