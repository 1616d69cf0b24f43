"""What every process counts of its calls: to upstreams, to models, to its database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0)
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

ACCESS_REFUSED = "access_refused"
"""The outcome of a call that was refused for Scribe's key or account."""


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
            "scribe_upstream_breaker_open",
            "1 while calls are held back; `cause` is the status, or the class of the fault, of the last failure.",
            ["upstream", "cause"],
            registry=registry,
        )

    def create_zeros(self, upstream: str) -> None:
        """Make this upstream's series appear before its first call."""
        for outcome in ("200", "error", ACCESS_REFUSED):
            self.calls.labels(upstream, outcome)
        self.duration.labels(upstream)

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
        labels = ["provider", "model", "role"]
        self.tokens = Counter("scribe_llm_tokens", "Tokens paid for.", [*labels, "direction"], registry=registry)
        self.cost = Counter("scribe_llm_cost_usd", "US dollars paid for models and Exa.", labels, registry=registry)
        self.unpriced = Counter(
            "scribe_llm_unpriced_calls", "Paid calls whose price is not known.", labels, registry=registry
        )

    def create_zeros(self, provider: str, model: str, role: str) -> None:
        """Make this model's series appear before its first call. `role`: `parser`, `composer`, `checker`, …"""
        for direction in ("input", "output"):
            self.tokens.labels(provider, model, role, direction)
        self.cost.labels(provider, model, role)
        self.unpriced.labels(provider, model, role)


class DatabaseMetrics:
    """This process's pool of connections to PostgreSQL."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.connections = Gauge(
            "scribe_database_pool_connections",
            "Open connections of the pool: in use, or idle.",
            ["state"],
            registry=registry,
        )
        self.limit = Gauge("scribe_database_pool_limit", "Most connections that the pool may open.", registry=registry)
        self.transaction = Histogram(
            "scribe_database_transaction_seconds",
            "Time of a transaction, the wait for a connection included.",
            ["operation"],
            buckets=REQUEST_BUCKETS,
            registry=registry,
        )
