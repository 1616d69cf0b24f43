"""What the gateway counts: requests, event streams, its loops, what becomes of tasks."""

from collections.abc import Iterable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from scribe.common.observability.metrics.calls import REQUEST_BUCKETS

TASK_BUCKETS = (1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
DELAY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
ENDED = ("completed", "failed", "cancelled")
SERVER_ERRORS = ("500", "502", "503", "504")
REPLAYED, GIVEN_UP = CLOSED = ("replayed", "given_up")
LOOPS = ("relay", "projector", "reconciler", "watch")


class RequestMetrics:
    """What the gateway answers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "scribe_http_requests",
            "Requests answered, by route template and status.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.duration = Histogram(
            "scribe_http_request_duration_seconds",
            "Time until the answer was sent; event streams are not counted.",
            ["method", "route"],
            buckets=REQUEST_BUCKETS,
            registry=registry,
        )
        self.in_progress = Gauge(
            "scribe_http_requests_in_progress", "Requests being answered.", ["method"], registry=registry
        )
        self.streams = Gauge("scribe_sse_connections", "Open event streams.", ["route"], registry=registry)
        self.stream_events = Counter(
            "scribe_sse_events", "Events sent to open event streams.", ["route"], registry=registry
        )

    def create_zeros(self, routes: Iterable[tuple[str, str]]) -> None:
        """Create the series of server errors at 0: a rate ignores the first sample of a series.

        `routes` are methods and path templates.
        """
        for method, route in routes:
            for status in SERVER_ERRORS:
                self.requests.labels(method, route, status)
            if route.endswith("/events"):
                self.streams.labels(route)
                self.stream_events.labels(route)


class TaskMetrics:
    """The gateway's loops, and what becomes of tasks."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter, histogram = partial(Counter, registry=registry), partial(Histogram, registry=registry)
        self.duration = histogram(
            "scribe_task_duration_seconds",
            "From a task's turn (the relay's first publish) to its end.",
            ["outcome"],
            buckets=TASK_BUCKETS,
        )
        self.wait = histogram("scribe_task_wait_seconds", "From a task's submission to its turn.", buckets=TASK_BUCKETS)
        self.relayed = counter("scribe_relay_published", "Rows published: for the first time, or again.", ["kind"])
        self.projected = counter("scribe_projector_messages", "Messages projected, by what they changed.", ["result"])
        self.projection_delay = histogram(
            "scribe_projector_delay_seconds",
            "From a state's publication to its commit.",
            ["stream"],
            buckets=DELAY_BUCKETS,
        )
        self.reissued = counter(
            "scribe_reconciler_reissues",
            "Tasks without progress: published again as the next run, completed from their e-mail, or given up.",
            ["how"],
        )
        self.dead_letters_closed = counter(
            "scribe_dead_letters_closed",
            "Dead letters that left DEADLETTER: replayed (also by their user's retry), or given up.",
            ["how"],
        )
        self.loop_pass = Gauge(
            "scribe_loop_pass_timestamp_seconds",
            "Unix time at which a loop of the gateway last finished a pass.",
            ["loop"],
            registry=registry,
        )
        self.loop_errors = counter("scribe_loop_errors", "Passes of a loop that ended with an error.", ["loop"])

    def create_zeros(self) -> None:
        """Make the series appear before the first task."""
        for outcome in ENDED:
            self.duration.labels(outcome)
        for kind in ("first", "again"):
            self.relayed.labels(kind)
        for result in ("applied", "unchanged", "unreadable"):
            self.projected.labels(result)
        for stream in ("PIPELINE", "EVENTS"):
            self.projection_delay.labels(stream)
        for how in ("next_run", "completed", "given_up"):
            self.reissued.labels(how)
        for how in CLOSED:
            self.dead_letters_closed.labels(how)
        for loop in LOOPS:
            self.loop_pass.labels(loop).set_to_current_time()
            self.loop_errors.labels(loop)
