"""The gateway: requests, event streams, its loops."""

from scribe.dashboards.grafana import Dashboard, Panel, Query, Row, Threshold
from scribe.dashboards.queries import age, highest, quantile, quantiles, rate, share, total


def _answered(statuses: str) -> str:
    """The share of requests with these statuses."""
    matching = rate("scribe_http_requests_total", matchers=f'status=~"{statuses}"')
    return share(f"({matching} or vector(0))", rate("scribe_http_requests_total"))


_REQUESTS = Row(
    "Requests",
    (
        Panel(
            "Rate",
            (Query(f"{rate('scribe_http_requests_total', 'method, route')} > 0", "{{method}} {{route}}"),),
            "Requests per second, of the routes that have any.",
            unit="reqps",
        ),
        Panel(
            "Errors",
            (Query(_answered("5.."), "server errors"), Query(_answered("4.."), "refused")),
            "Share of requests answered with 5xx, and with 4xx.",
            unit="percentunit",
        ),
        Panel(
            "Duration, p95",
            (Query(quantile(0.95, "scribe_http_request_duration_seconds", "route"), "{{route}}"),),
            "Time until the answer was sent; event streams are not counted.",
            unit="s",
        ),
        Panel(
            "Being answered",
            (Query(total("scribe_http_requests_in_progress", "method"), "{{method}}"),),
            "Requests in progress, open event streams among them.",
        ),
        Panel(
            "Open event streams",
            (Query(total("scribe_sse_connections", "route"), "{{route}}"),),
            "Server-Sent Events connections.",
        ),
        Panel(
            "Events sent",
            (Query(rate("scribe_sse_events_total", "route"), "{{route}}"),),
            "Events per second to open streams.",
            unit="ops",
        ),
        Panel(
            "Refused by a limit",
            (Query(rate("scribe_http_requests_total", "route", 'status="429"'), "{{route}}"),),
            "Requests per second that were answered 429: a limit of the user's.",
            unit="reqps",
        ),
    ),
)

_LOOPS = Row(
    "Relay, projector, reconciler",
    (
        Panel(
            "Items",
            (Query(highest("scribe_queue_items", "state"), "{{state}}"),),
            "Items that wait for their turn, and items in flight.",
        ),
        Panel(
            "Oldest item",
            (Query(highest("scribe_queue_oldest_age_seconds", "state"), "{{state}}"),),
            "Age of the oldest waiting item; longest silence of one in flight.",
            unit="s",
        ),
        Panel(
            "Wait for the turn",
            quantiles(0.5, 0.95, histogram="scribe_task_wait_seconds"),
            "From a task's submission to its turn.",
            unit="s",
        ),
        Panel(
            "Published by the relay",
            (Query(rate("scribe_relay_published_total", "kind"), "{{kind}}"),),
            "Rows per second, for the first time or again.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Projected",
            (Query(rate("scribe_projector_messages_total", "result"), "{{result}}"),),
            "Messages per second, by what they changed.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Projector's delay",
            quantiles(0.5, 0.99, histogram="scribe_projector_delay_seconds"),
            "From a state's publication to its commit.",
            unit="s",
        ),
        Panel(
            "Projector's lag",
            (Query(highest("scribe_consumer_lag_messages", "stream", 'consumer="projector"'), "{{stream}}"),),
            "Messages not yet projected.",
        ),
        Panel(
            "Re-issued",
            (Query(rate("scribe_reconciler_reissues_total", "how"), "{{how}}"),),
            "Tasks without progress that were published again, per second.",
            unit="ops",
        ),
        Panel(
            "Passes of the loops",
            (Query(age("scribe_loop_pass_timestamp_seconds", "loop"), "{{loop}}"),),
            "Seconds since any replica's latest pass.",
            unit="s",
            thresholds=(Threshold(120, "red"),),
        ),
        Panel(
            "Failed passes of the loops",
            (Query(rate("scribe_loop_errors_total", "loop"), "{{loop}}"),),
            "Per second.",
            unit="ops",
        ),
    ),
)

_POOL = Row(
    "Database pool",
    (
        Panel(
            "Connections",
            (
                Query(total("scribe_database_pool_connections", "job, state"), "{{job}} {{state}}"),
                Query(total("scribe_database_pool_limit", "job"), "{{job}} limit"),
            ),
            "Connections of the pools of all processes.",
        ),
        Panel(
            "In use",
            (
                Query(
                    share(
                        total("scribe_database_pool_connections", "job, instance", 'state="used"'),
                        total("scribe_database_pool_limit", "job, instance"),
                    ),
                    "{{instance}}",
                ),
            ),
            "Share of each pool that is in use.",
            unit="percentunit",
            thresholds=(Threshold(0.95, "red"),),
        ),
        Panel(
            "Transactions, p95",
            (Query(quantile(0.95, "scribe_database_transaction_seconds", "operation"), "{{operation}}"),),
            "Time of a transaction, the wait for a connection included.",
            unit="s",
        ),
    ),
)

BOARD = Dashboard(
    uid="scribe-gateway",
    title="Scribe: gateway",
    description="Requests, event streams, relay, projector, reconciler, pool.",
    rows=(_REQUESTS, _LOOPS, _POOL),
    links=(("Overview", "scribe-overview"), ("NATS and PostgreSQL", "scribe-servers")),
)
