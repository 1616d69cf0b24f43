"""What the workers count: deliveries, evidence, the browser."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from scribe.common.observability.metrics.calls import CALL_BUCKETS

STEP_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0)
LAG_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0)
ATTEMPT_BUCKETS = (1.0, 2.0, 3.0, 4.0, 5.0)
OUTCOMES = (
    "finished",
    "retried",
    "postponed",
    "failed",
    "unreadable",
    "cancelled",
    "released",
    "deferred",
    "abandoned",
)


class LoopMetrics:
    """The event loop of this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lag = Histogram(
            "scribe_event_loop_lag_seconds",
            "How late the event loop runs what is due: what blocks it keeps everything waiting.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self.tasks = Gauge("scribe_asyncio_tasks", "Tasks of the event loop that have not ended.", registry=registry)


class StepMetrics:
    """What the workers do with their deliveries."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.received = Counter(
            "scribe_deliveries_received", "Deliveries taken from the stream.", ["step"], registry=registry
        )
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
        self.attempts = Histogram(
            "scribe_step_attempts",
            "Deliveries that a message took until it was finished or failed.",
            ["step"],
            buckets=ATTEMPT_BUCKETS,
            registry=registry,
        )
        self.dead_letters = Counter("scribe_dead_letters", "Messages put into DEADLETTER.", ["step"], registry=registry)
        self.poison_attempts = Counter(
            "scribe_poison_attempts",
            "Attempts at a message that has ended without an outcome though nothing ran beside it.",
            ["step"],
            registry=registry,
        )
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
        for instrument in (
            self.received,
            self.redeliveries,
            self.in_progress,
            self.duration,
            self.attempts,
            self.dead_letters,
            self.poison_attempts,
        ):
            instrument.labels(step)


class ArxivMetrics:
    """How arXiv is asked for many authors at once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lookups = Counter(
            "scribe_arxiv_lookups",
            "Authors looked up: with all their records, the newest of too many, or refused.",
            ["outcome"],
            registry=registry,
        )
        self.authors = Histogram(
            "scribe_arxiv_request_authors",
            "Authors that one request to arXiv asked for.",
            buckets=(1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0),
            registry=registry,
        )

    def create_zeros(self) -> None:
        """Make the series appear before the first request."""
        for outcome in ("complete", "partial", "refused"):
            self.lookups.labels(outcome)


class GroundingMetrics:
    """Evidence that was found, and how far it supports what was written."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.facts = Counter(
            "scribe_facts", "Facts that the reader selected: kept, or dropped.", ["fate"], registry=registry
        )
        self.facts_dropped = Counter(
            "scribe_facts_dropped",
            "Facts and passages that do not hold or must not be used, by the reason.",
            ["reason"],
            registry=registry,
        )
        self.sources = Counter(
            "scribe_sources", "Pages found for recipients, by who read them.", ["origin"], registry=registry
        )
        self.papers = Counter("scribe_papers", "Papers found for recipients.", ["origin"], registry=registry)
        self.corrections = Counter(
            "scribe_corrections",
            "Drafts sent back to the model, by the check that failed.",
            ["check"],
            registry=registry,
        )
        self.emails = Counter(
            "scribe_emails", "E-mails written, by whether the evidence suffices.", ["confident"], registry=registry
        )

    def create_zeros_of_research(self) -> None:
        """Make the scraper's series appear before its first result."""
        for fate in ("kept", "dropped"):
            self.facts.labels(fate)
        for reason in ("hostile", "not_in_passages", "other_page"):
            self.facts_dropped.labels(reason)
        for origin in ("exa", "page"):
            self.sources.labels(origin)

    def create_zeros_of_papers(self) -> None:
        """Make the arxiv worker's series appear before its first result."""
        self.papers.labels("arxiv")

    def create_zeros_of_emails(self, checks: Iterable[str]) -> None:
        """Make the composer's series appear before its first e-mail. `checks` are the names of its checks."""
        for check in checks:
            self.corrections.labels(check)
        for confident in ("true", "false"):
            self.emails.labels(confident)


class BrowserMetrics:
    """Chromium in the scraper."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pages = Counter("scribe_browser_pages", "Pages opened, by outcome.", ["outcome"], registry=registry)
        self.open_pages = Gauge("scribe_browser_open_pages", "Pages open now.", registry=registry)
        self.page_duration = Histogram(
            "scribe_browser_page_duration_seconds",
            "Time to read a page.",
            buckets=CALL_BUCKETS,
            registry=registry,
        )
        self.restarts = Counter(
            "scribe_browser_restarts", "Times that the browser was started again.", registry=registry
        )

    def create_zeros(self) -> None:
        """Make the series appear before the first page."""
        for outcome in ("read", "failed"):
            self.pages.labels(outcome)
