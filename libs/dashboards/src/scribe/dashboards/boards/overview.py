"""Whether e-mails are on time, and where to look when they are not."""

from scribe.dashboards.grafana import Dashboard, Panel, Query, Row, Threshold
from scribe.dashboards.queries import RATE, age, highest, increase, quantile, rate, selected, share, total
from scribe.dashboards.slo import REQUESTS, TASKS

PIPELINE = 'stream="PIPELINE"'
STEPS = f'{PIPELINE}, consumer!="projector"'
LINKS = (
    ("Pipeline", "scribe-pipeline"),
    ("One step", "scribe-step"),
    ("Upstreams and cost", "scribe-upstreams"),
    ("Gateway", "scribe-gateway"),
    ("NATS and PostgreSQL", "scribe-servers"),
)

_OBJECTIVES = Row(
    "Objectives",
    (
        Panel(
            "Tasks outside the objective",
            (Query(selected(TASKS.ratio("1h")), "last hour"), Query(selected(TASKS.ratio("1d")), "last day")),
            "Share of tasks that failed or took longer than 60 s from their turn. Objective: below 5 %.",
            unit="percentunit",
            kind="stat",
            width=6,
            height=5,
            thresholds=(Threshold(0.03, "orange"), Threshold(0.05, "red")),
            links=(("Pipeline", "scribe-pipeline"),),
            decimals=2,
        ),
        Panel(
            "Requests outside the objective",
            (Query(selected(REQUESTS.ratio("1h")), "last hour"), Query(selected(REQUESTS.ratio("1d")), "last day")),
            "Share of requests that were answered with a server error. Objective: below 0.1 %.",
            unit="percentunit",
            kind="stat",
            width=6,
            height=5,
            thresholds=(Threshold(0.0005, "orange"), Threshold(0.001, "red")),
            links=(("Gateway", "scribe-gateway"),),
            decimals=3,
        ),
        Panel(
            "E-mails in the last hour",
            (Query(increase("scribe_emails_total", "1h"), "written"),),
            "E-mails that the composer has written.",
            kind="stat",
            width=6,
            height=5,
            decimals=0,
        ),
        Panel(
            "Cost in the last hour",
            (Query(increase("scribe_llm_cost_usd_total", "1h"), "US dollars"),),
            "What the models' answers cost.",
            unit="currencyUSD",
            kind="stat",
            width=6,
            height=5,
            thresholds=(Threshold(10, "orange"), Threshold(20, "red")),
            links=(("Upstreams and cost", "scribe-upstreams"),),
        ),
    ),
)

_LATE = Row(
    "Why e-mails are late: the red one is the cause",
    (
        Panel(
            "Waiting for their turn",
            (Query(highest("scribe_queue_oldest_age_seconds", matchers='state="waiting"'), "oldest"),),
            "Age of the oldest item that is due and not yet published. High with tasks in flight: users wait behind"
            " each other or themselves. High with none: the relay is stuck.",
            unit="s",
            kind="stat",
            width=3,
            height=5,
            thresholds=(Threshold(60, "orange"), Threshold(300, "red")),
            links=(("Gateway", "scribe-gateway"),),
        ),
        Panel(
            "Waiting at a step",
            (Query(highest("scribe_consumer_oldest_age_seconds", "consumer", STEPS), "{{consumer}}"),),
            "Age of the oldest message that a step has not settled.",
            unit="s",
            kind="stat",
            width=5,
            height=5,
            thresholds=(Threshold(60, "orange"), Threshold(300, "red")),
            links=(("One step", "scribe-step"),),
        ),
        Panel(
            "Held back from",
            (Query(highest("scribe_upstream_breaker_open", "upstream"), "{{upstream}}"),),
            "1 where a breaker is open: work waits for that service.",
            kind="stat",
            width=3,
            height=5,
            thresholds=(Threshold(1, "red"),),
            links=(("Upstreams and cost", "scribe-upstreams"),),
        ),
        Panel(
            "Slow answers, p95",
            (
                Query(
                    quantile(0.95, "scribe_upstream_call_duration_seconds", "upstream", window="5m"),
                    "{{upstream}}",
                ),
            ),
            "Time of a call to a service in the last five minutes: e-mails that come late though nothing fails.",
            unit="s",
            kind="stat",
            width=4,
            height=5,
            thresholds=(Threshold(10, "orange"), Threshold(20, "red")),
            links=(("Upstreams and cost", "scribe-upstreams"),),
        ),
        Panel(
            "States not yet written",
            (
                Query(
                    highest("scribe_consumer_oldest_age_seconds", "stream", 'consumer="projector"'),
                    "{{stream}}",
                ),
            ),
            "Age of the oldest change of state that the projector has not committed. High: e-mails are done, users do"
            " not see it.",
            unit="s",
            kind="stat",
            width=3,
            height=5,
            thresholds=(Threshold(10, "orange"), Threshold(60, "red")),
            links=(("Gateway", "scribe-gateway"),),
        ),
        Panel(
            "PIPELINE",
            (
                Query(
                    share(
                        highest("scribe_stream_bytes", "stream", PIPELINE),
                        highest("scribe_stream_limit_bytes", "stream", PIPELINE),
                    ),
                    "full",
                ),
            ),
            "How full the stream of tasks under way is. From 70 % on the relay admits nothing new.",
            unit="percentunit",
            kind="stat",
            width=3,
            height=5,
            thresholds=(Threshold(0.5, "orange"), Threshold(0.7, "red")),
            links=(("NATS and PostgreSQL", "scribe-servers"),),
        ),
        Panel(
            "Servers",
            (Query(f"1 - ({highest('scribe_server_up', 'server')})", "{{server}}"),),
            "1 where NATS or PostgreSQL does not answer the gateway.",
            kind="stat",
            width=3,
            height=5,
            thresholds=(Threshold(1, "red"),),
            links=(("NATS and PostgreSQL", "scribe-servers"),),
        ),
    ),
)

_FLOW = Row(
    "Flow",
    (
        Panel(
            "From turn to end",
            (
                Query(quantile(0.5, "scribe_task_duration_seconds", matchers='outcome="completed"'), "p50"),
                Query(quantile(0.95, "scribe_task_duration_seconds", matchers='outcome="completed"'), "p95"),
                Query(quantile(0.99, "scribe_task_duration_seconds", matchers='outcome="completed"'), "p99"),
            ),
            "How long completed tasks took from their turn.",
            unit="s",
            thresholds=(Threshold(60, "red"),),
        ),
        Panel(
            "Tasks ended",
            (Query(rate("scribe_task_duration_seconds_count", "outcome"), "{{outcome}}"),),
            "Tasks that were completed, failed or cancelled, per second.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Where the time goes",
            (
                Query(
                    share(
                        rate("scribe_step_duration_seconds_sum", "step"),
                        rate("scribe_step_duration_seconds_count", "step"),
                    ),
                    "{{step}}",
                ),
            ),
            "Mean time of an attempt at each step.",
            unit="s",
            stacked=True,
        ),
        Panel(
            "Failures of upstreams",
            (
                Query(
                    share(
                        rate("scribe_upstream_calls_total", "upstream", 'outcome!~"2..|3..|404"'),
                        rate("scribe_upstream_calls_total", "upstream"),
                    ),
                    "{{upstream}}",
                ),
            ),
            "Share of calls that failed.",
            unit="percentunit",
        ),
        Panel(
            "Loops of the gateway",
            (Query(age("scribe_loop_pass_timestamp_seconds", "loop"), "{{loop}}"),),
            "Seconds since any replica's relay, projector, reconciler or watch finished a pass.",
            unit="s",
            thresholds=(Threshold(120, "red"),),
        ),
        Panel(
            "Dead letters",
            (Query(increase("scribe_dead_letters_total", RATE, "step"), "{{step}}"),),
            "Messages that no attempt could finish.",
            stacked=True,
        ),
        Panel(
            "Versions",
            (Query(total("scribe_build_info", "version"), "{{version}}"),),
            "Processes by the version that they run.",
            stacked=True,
        ),
    ),
)

BOARD = Dashboard(
    uid="scribe-overview",
    title="Scribe: overview",
    description="Whether e-mails are on time, and where to look when they are not.",
    rows=(_OBJECTIVES, _LATE, _FLOW),
    links=LINKS,
)
