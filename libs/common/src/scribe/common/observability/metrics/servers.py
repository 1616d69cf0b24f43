"""What the gateway sees of NATS JetStream and PostgreSQL."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class ServerMetrics:
    """What the gateway reads from the servers every few seconds. Every replica shows the same values: aggregate with
    max.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        consumer, stream, database = ["stream", "consumer"], ["stream"], ["database"]
        self.lag = Gauge(
            "scribe_consumer_lag_messages", "Messages not yet delivered to the consumer.", consumer, registry=registry
        )
        self.ack_pending = Gauge(
            "scribe_consumer_ack_pending_messages", "Messages delivered and not settled.", consumer, registry=registry
        )
        self.redelivered = Gauge(
            "scribe_consumer_redelivered_messages",
            "Messages delivered more than once and not settled.",
            consumer,
            registry=registry,
        )
        self.oldest = Gauge(
            "scribe_consumer_oldest_age_seconds",
            "Age of the oldest message that is not settled; 0 where there is none.",
            consumer,
            registry=registry,
        )
        self.waiting_pulls = Gauge(
            "scribe_consumer_waiting_pulls", "Pulls that wait for messages.", consumer, registry=registry
        )
        self.stream_messages = Gauge("scribe_stream_messages", "Messages stored.", stream, registry=registry)
        self.stream_bytes = Gauge("scribe_stream_bytes", "Bytes stored.", stream, registry=registry)
        self.stream_limit = Gauge("scribe_stream_limit_bytes", "Bytes that may be stored.", stream, registry=registry)
        self.dead_letters_open = Gauge(
            "scribe_dead_letters_open",
            "Messages in DEADLETTER: neither replayed nor given up.",
            ["step"],
            registry=registry,
        )
        self.nats_storage = Gauge(
            "scribe_jetstream_storage_bytes", "Storage of the JetStream account.", ["kind"], registry=registry
        )
        self.nats_api = Counter(
            "scribe_jetstream_api_requests", "Requests to the JetStream API.", ["result"], registry=registry
        )
        self.nats_rtt = Gauge(
            "scribe_nats_rtt_seconds", "Time of a ping to the NATS server.", ["server"], registry=registry
        )
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
        self.postgres_connections = Gauge(
            "scribe_postgres_connections", "Connections to the database, of everybody.", database, registry=registry
        )
        self.postgres_connection_limit = Gauge(
            "scribe_postgres_connection_limit", "Connections that the server admits.", database, registry=registry
        )
        self.postgres_size = Gauge("scribe_postgres_size_bytes", "Size of the database.", database, registry=registry)
        self.postgres_transactions = Counter(
            "scribe_postgres_transactions", "Transactions of everybody.", [*database, "result"], registry=registry
        )
        self.postgres_blocks = Counter(
            "scribe_postgres_blocks", "Blocks read, by where they were found.", [*database, "source"], registry=registry
        )
        self.postgres_rows = Counter(
            "scribe_postgres_rows", "Rows read and written.", [*database, "operation"], registry=registry
        )
        self.postgres_deadlocks = Counter("scribe_postgres_deadlocks", "Deadlocks.", database, registry=registry)
