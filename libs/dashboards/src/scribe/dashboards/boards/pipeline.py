"""All steps side by side."""

from scribe.dashboards.grafana import Dashboard, Panel, Query, Row, Threshold
from scribe.dashboards.queries import age, highest, quantile, rate, share, total

STEPS = 'stream="PIPELINE", consumer!="projector"'

_QUEUES = Row(
    "Queues",
    (
        Panel(
            "Lag",
            (Query(highest("scribe_consumer_lag_messages", "consumer", STEPS), "{{consumer}}"),),
            "Messages that no worker has taken yet.",
            links=(("One step", "scribe-step"),),
        ),
        Panel(
            "Oldest",
            (Query(highest("scribe_consumer_oldest_age_seconds", "consumer", STEPS), "{{consumer}}"),),
            "Age of the oldest message that is not settled.",
            unit="s",
            thresholds=(Threshold(300, "red"),),
        ),
        Panel(
            "In progress",
            (Query(total("scribe_deliveries_in_progress", "step"), "{{step}}"),),
            "Deliveries being worked on.",
        ),
    ),
)

_WORK = Row(
    "Work",
    (
        Panel(
            "In",
            (Query(rate("scribe_deliveries_received_total", "step"), "{{step}}"),),
            "Deliveries taken per second.",
            unit="ops",
        ),
        Panel(
            "Out",
            (Query(rate("scribe_deliveries_total", "step", 'outcome="finished"'), "{{step}}"),),
            "Deliveries finished per second.",
            unit="ops",
        ),
        Panel(
            "Not finished",
            (Query(rate("scribe_deliveries_total", "step, outcome", 'outcome!="finished"'), "{{step}} {{outcome}}"),),
            "Deliveries with any other outcome per second.",
            unit="ops",
        ),
        Panel(
            "Duration, p95",
            (Query(quantile(0.95, "scribe_step_duration_seconds", "step"), "{{step}}"),),
            "Time of one attempt.",
            unit="s",
        ),
        Panel(
            "Attempts",
            (
                Query(
                    share(rate("scribe_step_attempts_sum", "step"), rate("scribe_step_attempts_count", "step")),
                    "{{step}}",
                ),
            ),
            "Mean number of deliveries until a message was finished or failed.",
        ),
        Panel(
            "Redeliveries",
            (Query(rate("scribe_redeliveries_total", "step"), "{{step}}"),),
            "Deliveries of a message that was delivered before, per second.",
            unit="ops",
        ),
    ),
)

_EVIDENCE = Row(
    "Evidence",
    (
        Panel(
            "Facts",
            (Query(rate("scribe_facts_total", "fate"), "{{fate}}"),),
            "Facts that the reader selected: kept, or dropped by the checks in code, per second.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Facts dropped",
            (Query(rate("scribe_facts_dropped_total", "reason"), "{{reason}}"),),
            "What did not hold or must not be used, by the reason, per second.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Confident e-mails",
            (
                Query(
                    share(rate("scribe_emails_total", matchers='confident="true"'), rate("scribe_emails_total")),
                    "confident",
                ),
            ),
            "Share of e-mails whose evidence suffices.",
            unit="percentunit",
        ),
        Panel(
            "Corrections",
            (Query(rate("scribe_corrections_total", "check"), "{{check}}"),),
            "Drafts that were sent back to the model, by the check that failed, per second.",
            unit="ops",
        ),
        Panel(
            "Sources",
            (Query(rate("scribe_sources_total", "origin"), "{{origin}}"),),
            "Pages found per second, by who read them.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Papers",
            (Query(rate("scribe_papers_total", "origin"), "{{origin}}"),),
            "Papers found per second.",
            unit="ops",
        ),
        Panel(
            "Pull heartbeat",
            (Query(age("scribe_pull_heartbeat_timestamp_seconds", "consumer"), "{{consumer}}"),),
            "Seconds since the latest sign of life of any worker's pull; none comes while all workers are busy.",
            unit="s",
            thresholds=(Threshold(60, "red"),),
        ),
    ),
)

BOARD = Dashboard(
    uid="scribe-pipeline",
    title="Scribe: pipeline",
    description="All steps side by side.",
    rows=(_QUEUES, _WORK, _EVIDENCE),
    links=(("Overview", "scribe-overview"), ("One step", "scribe-step")),
)
