"""What the gateway reads from NATS JetStream and PostgreSQL every few seconds.

Every replica shows the same values: aggregate with max.
"""

from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge


class JetStreamMetrics:
    """Streams, consumers and the account."""

    def __init__(self, registry: CollectorRegistry) -> None:
        gauge, consumer, stream = partial(Gauge, registry=registry), ["stream", "consumer"], ["stream"]
        self.lag = gauge("scribe_consumer_lag_messages", "Messages not yet delivered to the consumer.", consumer)
        self.ack_pending = gauge(
            "scribe_consumer_ack_pending_messages", "Messages delivered and not settled.", consumer
        )
        self.redelivered = gauge(
            "scribe_consumer_redelivered_messages", "Messages delivered more than once and not settled.", consumer
        )
        self.oldest = gauge(
            "scribe_consumer_oldest_age_seconds",
            "Age of the oldest message that is not settled; 0 where there is none.",
            consumer,
        )
        self.waiting_pulls = gauge("scribe_consumer_waiting_pulls", "Pulls that wait for messages.", consumer)
        self.messages = gauge("scribe_stream_messages", "Messages stored.", stream)
        self.bytes = gauge("scribe_stream_bytes", "Bytes stored.", stream)
        self.limit = gauge("scribe_stream_limit_bytes", "Bytes that may be stored.", stream)
        self.dead_letters_open = gauge(
            "scribe_dead_letters_open", "Messages in DEADLETTER: neither replayed nor given up.", ["step"]
        )
        self.storage = gauge("scribe_jetstream_storage_bytes", "Storage of the JetStream account.", ["kind"])
        self.requests = Counter(
            "scribe_jetstream_api_requests", "Requests to the JetStream API.", ["result"], registry=registry
        )
        self.rtt = gauge("scribe_nats_rtt_seconds", "Time of a ping to the NATS server.", ["server"])


class PostgresMetrics:
    """The server's own statistics of the database, of everybody's work."""

    def __init__(self, registry: CollectorRegistry) -> None:
        gauge, counter = partial(Gauge, registry=registry), partial(Counter, registry=registry)
        database = ["database"]
        self.connections = gauge("scribe_postgres_connections", "Connections to the database, of everybody.", database)
        self.connection_limit = gauge(
            "scribe_postgres_connection_limit", "Connections that the server admits.", database
        )
        self.size = gauge("scribe_postgres_size_bytes", "Size of the database.", database)
        self.transactions = counter("scribe_postgres_transactions", "Transactions of everybody.", [*database, "result"])
        self.blocks = counter("scribe_postgres_blocks", "Blocks read, by where they were found.", [*database, "source"])
        self.rows = counter("scribe_postgres_rows", "Rows read and written.", [*database, "operation"])
        self.deadlocks = counter("scribe_postgres_deadlocks", "Deadlocks.", database)


class ServerMetrics:
    """Whether the servers answer, and the queue."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.up = Gauge("scribe_server_up", "1 while the server answers the gateway.", ["server"], registry=registry)
        self.queue_items = Gauge(
            "scribe_queue_items",
            "Items that are not finished: waiting for their turn, or in flight.",
            ["state"],
            registry=registry,
        )
        self.queue_oldest = Gauge(
            "scribe_queue_oldest_age_seconds",
            "Age of the oldest waiting item that is due; longest time without progress of one in flight.",
            ["state"],
            registry=registry,
        )
