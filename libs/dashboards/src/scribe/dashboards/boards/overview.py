"""Whether e-mails are on time, and where to look when they are not."""

from scribe.dashboards import causes
from scribe.dashboards.grafana import Dashboard, Panel, Query, Row, Stat, Threshold
from scribe.dashboards.queries import (
    RATE,
    age,
    failed_calls,
    increase,
    quantile,
    quantiles,
    rate,
    selected,
    share,
    total,
)
from scribe.dashboards.slo import REQUESTS, TASKS

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
        Stat(
            "Tasks outside the objective",
            (Query(selected(TASKS.ratio("1h")), "last hour"), Query(selected(TASKS.ratio("1d")), "last day")),
            "Share of tasks that failed or took longer than 60 s from their turn. Objective: below 5 %.",
            unit="percentunit",
            width=6,
            thresholds=(Threshold(0.03, "orange"), Threshold(0.05, "red")),
            links=(("Pipeline", "scribe-pipeline"),),
            decimals=2,
        ),
        Stat(
            "Requests outside the objective",
            (Query(selected(REQUESTS.ratio("1h")), "last hour"), Query(selected(REQUESTS.ratio("1d")), "last day")),
            "Share of requests that were answered with a server error. Objective: below 0.1 %.",
            unit="percentunit",
            width=6,
            thresholds=(Threshold(0.0005, "orange"), Threshold(0.001, "red")),
            links=(("Gateway", "scribe-gateway"),),
            decimals=3,
        ),
        Stat(
            "E-mails in the last hour",
            (Query(increase("scribe_emails_total", "1h"), "written"),),
            "E-mails that the composer has written.",
            width=6,
            decimals=0,
        ),
        Stat(
            "Cost in the last hour",
            (Query(increase("scribe_llm_cost_usd_total", "1h"), "US dollars"),),
            "What the models' answers cost.",
            unit="currencyUSD",
            width=6,
            thresholds=(Threshold(10, "orange"), Threshold(20, "red")),
            links=(("Upstreams and cost", "scribe-upstreams"),),
        ),
    ),
)

_LATE = Row(
    "Why e-mails are late: the red one is the cause",
    (
        *causes.PANELS,
        Stat(
            "Slow answers, p95",
            (
                Query(
                    quantile(0.95, "scribe_upstream_call_duration_seconds", "upstream", window="5m"),
                    "{{upstream}}",
                ),
            ),
            "Time of a call to a service in the last five minutes: e-mails that come late though nothing fails.",
            unit="s",
            thresholds=(Threshold(10, "orange"), Threshold(20, "red")),
            links=(("Upstreams and cost", "scribe-upstreams"),),
        ),
    ),
)

_FLOW = Row(
    "Flow",
    (
        Panel(
            "From turn to end",
            quantiles(0.5, 0.95, 0.99, histogram="scribe_task_duration_seconds", matchers='outcome="completed"'),
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
            (failed_calls(),),
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
            "Dead letters closed",
            (Query(increase("scribe_dead_letters_closed_total", RATE, "how"), "{{how}}"),),
            "Dead letters that were replayed or given up.",
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
