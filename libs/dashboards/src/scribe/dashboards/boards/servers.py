"""NATS JetStream and PostgreSQL, as the gateway sees them: no exporter is needed."""

from scribe.dashboards.grafana import Dashboard, Panel, Query, Row, Threshold
from scribe.dashboards.queries import RATE, highest, selected, share


def _fastest(metric: str, by: str) -> str:
    """The rate of a counter that every replica of the gateway shows alike."""
    return f"max by (namespace, {by}) (rate({selected(metric)}[{RATE}]))"


_NATS = Row(
    "NATS JetStream",
    (
        Panel(
            "Up",
            (Query(highest("scribe_server_up", "server"), "{{server}}"),),
            "1 while the server answers the gateway.",
        ),
        Panel(
            "Round trip",
            (Query(highest("scribe_nats_rtt_seconds", "server"), "{{server}}"),),
            "Time of a ping.",
            unit="s",
        ),
        Panel(
            "Requests to the API",
            (Query(_fastest("scribe_jetstream_api_requests_total", "result"), "{{result}}"),),
            "Per second; errors are mostly questions after things that are not there.",
            unit="ops",
        ),
        Panel(
            "Messages",
            (Query(highest("scribe_stream_messages", "stream"), "{{stream}}"),),
            "Messages stored in each stream.",
        ),
        Panel(
            "Size",
            (Query(highest("scribe_stream_bytes", "stream"), "{{stream}}"),),
            "Bytes stored in each stream.",
            unit="bytes",
        ),
        Panel(
            "Fullness",
            (
                Query(
                    share(highest("scribe_stream_bytes", "stream"), highest("scribe_stream_limit_bytes", "stream")),
                    "{{stream}}",
                ),
            ),
            "Share of the limit. From 70 % of PIPELINE on the relay admits nothing.",
            unit="percentunit",
            thresholds=(Threshold(0.7, "red"),),
        ),
        Panel(
            "Consumers",
            (Query(highest("scribe_consumer_ack_pending_messages", "stream, consumer"), "{{stream}} {{consumer}}"),),
            "Messages delivered and not settled, by consumer.",
        ),
        Panel(
            "Storage",
            (Query(highest("scribe_jetstream_storage_bytes", "kind"), "{{kind}}"),),
            "What the account stores.",
            unit="bytes",
        ),
    ),
)

_POSTGRES = Row(
    "PostgreSQL",
    (
        Panel(
            "Connections",
            (
                Query(highest("scribe_postgres_connections", "database"), "{{database}}"),
                Query(highest("scribe_postgres_connection_limit", "database"), "limit"),
            ),
            "Connections of everybody, and how many the server admits.",
        ),
        Panel(
            "Transactions",
            (Query(_fastest("scribe_postgres_transactions_total", "result"), "{{result}}"),),
            "Per second.",
            unit="ops",
        ),
        Panel(
            "Rows",
            (Query(_fastest("scribe_postgres_rows_total", "operation"), "{{operation}}"),),
            "Per second.",
            unit="ops",
        ),
        Panel(
            "Blocks",
            (Query(_fastest("scribe_postgres_blocks_total", "source"), "{{source}}"),),
            "Blocks read per second: from the cache, or from the disk.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Deadlocks",
            (Query(_fastest("scribe_postgres_deadlocks_total", "database"), "{{database}}"),),
            "Per second.",
            unit="ops",
        ),
        Panel(
            "Size",
            (Query(highest("scribe_postgres_size_bytes", "database"), "{{database}}"),),
            "Size of the database.",
            unit="bytes",
        ),
    ),
)

BOARD = Dashboard(
    uid="scribe-servers",
    title="Scribe: NATS and PostgreSQL",
    description="What the gateway sees of its servers.",
    rows=(_NATS, _POSTGRES),
    links=(("Overview", "scribe-overview"),),
)
