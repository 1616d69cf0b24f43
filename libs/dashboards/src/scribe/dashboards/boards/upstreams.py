"""Services that are not ours, and what models cost."""

from scribe.dashboards.grafana import Dashboard, Panel, Query, Row, Threshold
from scribe.dashboards.queries import failed_calls, highest, increase, quantile, rate, share, total

_CALLS = Row(
    "Calls",
    (
        Panel(
            "Calls",
            (Query(rate("scribe_upstream_calls_total", "upstream, outcome"), "{{upstream}} {{outcome}}"),),
            "Calls per second, by status or class of fault.",
            unit="ops",
        ),
        Panel(
            "Failures",
            (failed_calls(),),
            "Share of calls that failed.",
            unit="percentunit",
            thresholds=(Threshold(0.2, "red"),),
        ),
        Panel(
            "Latency, p95",
            (Query(quantile(0.95, "scribe_upstream_call_duration_seconds", "upstream"), "{{upstream}}"),),
            "Time of a call.",
            unit="s",
        ),
        Panel(
            "Breakers",
            (Query(highest("scribe_upstream_breaker_open", "upstream"), "{{upstream}}"),),
            "1 while any process holds calls back.",
        ),
        Panel(
            "Processes that hold back",
            (Query(total("scribe_upstream_breaker_open", "upstream"), "{{upstream}}"),),
            "In how many processes the breaker is open.",
        ),
    ),
)

_LOOKUPS = 'stream="LOOKUPS"'
_ARXIV = Row(
    "arXiv",
    (
        Panel(
            "Authors that wait",
            (
                Query(highest("scribe_consumer_lag_messages", "consumer", _LOOKUPS), "in the queue"),
                Query(highest("scribe_consumer_ack_pending_messages", "consumer", _LOOKUPS), "being asked for"),
            ),
            "Authors to be looked up; one request is made in 3 s, over all pods.",
        ),
        Panel(
            "Oldest lookup",
            (Query(highest("scribe_consumer_oldest_age_seconds", "consumer", _LOOKUPS), "oldest"),),
            "For how long the first author in the queue has waited.",
            unit="s",
            thresholds=(Threshold(300, "red"),),
        ),
        Panel(
            "Lookups per minute",
            (Query(increase("scribe_arxiv_lookups_total", "1m", "outcome"), "{{outcome}}"),),
            "Authors answered: with all their records, with the newest of too many, or refused by arXiv.",
            stacked=True,
        ),
        Panel(
            "Authors in a request, p95",
            (Query(quantile(0.95, "scribe_arxiv_request_authors", ""), "p95"),),
            "How many authors share a request; 25 at most.",
        ),
        Panel(
            "Tasks told to wait",
            (Query(rate("scribe_deliveries_total", "step", 'outcome="deferred"'), "{{step}}"),),
            "Tasks a second that leave the pipeline until arXiv has answered.",
            unit="ops",
        ),
    ),
)

_COST = Row(
    "Models",
    (
        Panel(
            "Cost per hour",
            (Query(increase("scribe_llm_cost_usd_total", "1h", "provider, model"), "{{provider}}:{{model}}"),),
            "US dollars in the last hour.",
            unit="currencyUSD",
            stacked=True,
            thresholds=(Threshold(20, "red"),),
        ),
        Panel(
            "Cost per e-mail",
            (
                Query(
                    share(increase("scribe_llm_cost_usd_total", "1h"), increase("scribe_emails_total", "1h")),
                    "mean of the last hour",
                ),
            ),
            "What was paid for models, divided by the e-mails written.",
            unit="currencyUSD",
            decimals=4,
        ),
        Panel(
            "Cost by role",
            (Query(increase("scribe_llm_cost_usd_total", "1h", "role"), "{{role}}"),),
            "US dollars in the last hour.",
            unit="currencyUSD",
            stacked=True,
        ),
        Panel(
            "Tokens",
            (Query(rate("scribe_llm_tokens_total", "model, direction"), "{{model}} {{direction}}"),),
            "Tokens per second.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Calls without a price",
            (Query(increase("scribe_llm_unpriced_calls_total", "1h", "provider, model"), "{{provider}}:{{model}}"),),
            "Paid calls in the last hour whose price is not known; their cost is missing above.",
        ),
    ),
)

BOARD = Dashboard(
    uid="scribe-upstreams",
    title="Scribe: upstreams and cost",
    description="Services that are not ours, and what models cost.",
    rows=(_CALLS, _ARXIV, _COST),
    links=(("Overview", "scribe-overview"),),
)
