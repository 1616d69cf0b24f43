"""Every instrument of every process. Base units, low cardinality, no personal data; built once, passed down.

Metrics
├── steps       deliveries, attempts and durations of the workers
├── upstreams   calls to outside services, breakers
└── llm         tokens and US dollars
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

STEP_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0)
CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0)

OUTCOMES = ("finished", "retried", "postponed", "failed", "unreadable", "cancelled", "released", "abandoned")


class StepMetrics:
    """What the workers do with their deliveries."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.deliveries = Counter(
            "scribe_deliveries", "Deliveries settled, by outcome.", ["step", "outcome"], registry=registry
        )
        self.redeliveries = Counter(
            "scribe_redeliveries", "Deliveries of a message delivered before.", ["step"], registry=registry
        )
        self.in_progress = Gauge(
            "scribe_deliveries_in_progress", "Deliveries being worked on.", ["step"], registry=registry
        )
        self.duration = Histogram(
            "scribe_step_duration_seconds",
            "Time of one attempt of a step.",
            ["step"],
            buckets=STEP_BUCKETS,
            registry=registry,
        )
        self.dead_letters = Counter("scribe_dead_letters", "Messages put into DEADLETTER.", ["step"], registry=registry)
        self.pull_heartbeat = Gauge(
            "scribe_pull_heartbeat_timestamp_seconds",
            "Unix time of the pull's last sign of life.",
            ["consumer"],
            registry=registry,
        )

    def create_zeros(self, step: str) -> None:
        """Make this step's series appear before their first event, so that a rate has a beginning."""
        for outcome in OUTCOMES:
            self.deliveries.labels(step, outcome)
        for instrument in (self.redeliveries, self.in_progress, self.duration, self.dead_letters):
            instrument.labels(step)


@dataclass
class UpstreamCall:
    """One call under way; the caller sets `outcome` to a status code or the class of a fault."""

    outcome: str = "error"


class UpstreamMetrics:
    """Calls to services that are not ours."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "scribe_upstream_calls", "Calls to outside services.", ["upstream", "outcome"], registry=registry
        )
        self.duration = Histogram(
            "scribe_upstream_call_duration_seconds",
            "Time of a call to an outside service.",
            ["upstream"],
            buckets=CALL_BUCKETS,
            registry=registry,
        )
        self.breaker_open = Gauge(
            "scribe_upstream_breaker_open", "1 while calls are held back.", ["upstream"], registry=registry
        )

    @contextmanager
    def call(self, upstream: str) -> Iterator[UpstreamCall]:
        """Count and time one call to `upstream`."""
        call = UpstreamCall()
        started = time.monotonic()
        try:
            yield call
        finally:
            self.duration.labels(upstream).observe(time.monotonic() - started)
            self.calls.labels(upstream, call.outcome).inc()


class LlmMetrics:
    """What the models cost."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["provider", "model", "step"]
        self.tokens = Counter("scribe_llm_tokens", "Tokens paid for.", [*labels, "direction"], registry=registry)
        self.cost = Counter("scribe_llm_cost_usd", "US dollars paid for model calls.", labels, registry=registry)


class Metrics:
    """The instruments of one process, on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.steps = StepMetrics(self.registry)
        self.upstreams = UpstreamMetrics(self.registry)
        self.llm = LlmMetrics(self.registry)
