"""One step: the one that the variable above the dashboard names."""

from scribe.dashboards.grafana import Dashboard, Panel, Query, Row, Threshold, Variable
from scribe.dashboards.queries import highest, increase, quantile, quantiles, rate, selected, total

STEP = 'step=~"$step"'
CONSUMER = 'stream="PIPELINE", consumer=~"$step"'

_QUEUE = Row(
    "Queue",
    (
        Panel(
            "Lag, in progress, redelivered",
            (
                Query(highest("scribe_consumer_lag_messages", "consumer", CONSUMER), "{{consumer}} waiting"),
                Query(highest("scribe_consumer_ack_pending_messages", "consumer", CONSUMER), "{{consumer}} unsettled"),
                Query(highest("scribe_consumer_redelivered_messages", "consumer", CONSUMER), "{{consumer}} again"),
            ),
            "Messages not taken yet, taken and not settled, and taken more than once and not settled.",
        ),
        Panel(
            "Oldest",
            (Query(highest("scribe_consumer_oldest_age_seconds", "consumer", CONSUMER), "{{consumer}}"),),
            "Age of the oldest message that is not settled.",
            unit="s",
            thresholds=(Threshold(300, "red"),),
        ),
        Panel(
            "Workers that wait for work",
            (Query(highest("scribe_consumer_waiting_pulls", "consumer", CONSUMER), "{{consumer}}"),),
            "Pulls that the server holds. None, with lag: all workers are busy, or nobody pulls.",
        ),
    ),
)

_WORK = Row(
    "Work",
    (
        Panel(
            "Outcomes",
            (Query(rate("scribe_deliveries_total", "step, outcome", STEP), "{{step}} {{outcome}}"),),
            "Deliveries settled per second.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Duration",
            quantiles(0.5, 0.95, 0.99, histogram="scribe_step_duration_seconds", by="step", matchers=STEP),
            "Time of one attempt.",
            unit="s",
        ),
        Panel(
            "Attempts, p95",
            (Query(quantile(0.95, "scribe_step_attempts", "step", STEP), "{{step}}"),),
            "Deliveries until a message was finished or failed.",
        ),
        Panel(
            "By worker",
            (
                Query(
                    f"sum by (namespace, step, instance) ({selected('scribe_deliveries_in_progress', STEP)})",
                    "{{step}} {{instance}}",
                ),
            ),
            "Deliveries in progress in each worker.",
            stacked=True,
        ),
        Panel(
            "Redeliveries and dead letters",
            (
                Query(rate("scribe_redeliveries_total", "step", STEP), "{{step}} delivered again"),
                Query(rate("scribe_dead_letters_total", "step", STEP), "{{step}} dead letters"),
            ),
            "Per second.",
            unit="ops",
        ),
        Panel(
            "Cost per hour",
            (Query(increase("scribe_llm_cost_usd_total", "1h", "role, model"), "{{role}} {{model}}"),),
            "US dollars in the last hour, of all steps; one may ask models in several roles.",
            unit="currencyUSD",
            stacked=True,
        ),
        Panel(
            "Event loop lag, p99",
            (Query(quantile(0.99, "scribe_event_loop_lag_seconds"), "all processes"),),
            "How late the event loops run what is due.",
            unit="s",
        ),
        Panel(
            "Tasks of the event loops",
            (Query(highest("scribe_asyncio_tasks", "job"), "{{job}}"),),
            "The most that a process of each kind has. A line that only rises is a leak.",
        ),
    ),
)

_BROWSER = Row(
    "Browser (scraper)",
    (
        Panel(
            "Pages",
            (Query(rate("scribe_browser_pages_total", "outcome"), "{{outcome}}"),),
            "Pages opened per second, by outcome.",
            unit="ops",
            stacked=True,
        ),
        Panel(
            "Open pages",
            (Query(total("scribe_browser_open_pages", "instance"), "{{instance}}"),),
            "Pages open in each scraper.",
        ),
        Panel(
            "Time of a page, p95",
            (Query(quantile(0.95, "scribe_browser_page_duration_seconds"), "all scrapers"),),
            "How long reading a page took.",
            unit="s",
        ),
        Panel(
            "Restarts",
            (Query(increase("scribe_browser_restarts_total", "30m"), "all scrapers"),),
            "How often Chromium was started again in the last half hour.",
            thresholds=(Threshold(5, "red"),),
        ),
    ),
)

BOARD = Dashboard(
    uid="scribe-step",
    title="Scribe: one step",
    description="One step, chosen above.",
    rows=(_QUEUE, _WORK, _BROWSER),
    variables=(Variable("step", "scribe_step_duration_seconds_count", "step"),),
    links=(("Overview", "scribe-overview"), ("Pipeline", "scribe-pipeline")),
)
