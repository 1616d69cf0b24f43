"""Alerts on services that are not ours, and on what they cost."""

from scribe.dashboards.alerts.expressions import FAILED, growth, highest
from scribe.dashboards.rules import Alert, Condition

UPSTREAMS = (
    Alert(
        name="ScribeProviderErrors",
        conditions=(
            Condition(
                f"sum by (namespace, upstream) (rate(scribe_upstream_calls_total{{{FAILED}}}[10m]))"
                " / sum by (namespace, upstream) (rate(scribe_upstream_calls_total[10m]))",
                ">",
                0.2,
            ),
            Condition(growth("scribe_upstream_calls_total", "10m", "upstream"), ">=", 10),
        ),
        lasting="5m",
        severity="ticket",
        summary="{{ $labels.upstream }} answers with errors",
        description="{{ $value | humanizePercentage }} of the calls to {{ $labels.upstream }} fail.",
        unless=(
            "ScribeBreakerOpen",
            "ScribeAccessRefused",
        ),
        same="namespace, upstream",
    ),
    Alert(
        name="ScribeBreakerOpen",
        # It looks closed between a pause and its probe, and when the last work that waited for it is gone.
        conditions=(Condition(highest("max_over_time(scribe_upstream_breaker_open[2m])", "upstream"), "==", 1),),
        lasting="5m",
        severity="page",
        summary="Calls to {{ $labels.upstream }} are held back",
        description="The breaker of {{ $labels.upstream }} has been open for five minutes: work is held, not failed.",
        unless=("ScribeAccessRefused",),
        same="namespace, upstream",
    ),
    Alert(
        name="ScribeAccessRefused",
        conditions=(
            Condition(growth('scribe_upstream_calls_total{outcome="access_refused"}', "10m", "upstream"), ">", 0),
        ),
        lasting="0m",
        severity="page",
        summary="{{ $labels.upstream }} refuses Scribe's access",
        description="{{ $labels.upstream }} refuses the key, or its account is empty: all work that needs it is held.",
    ),
    Alert(
        name="ScribeSpendPerHour",
        conditions=(Condition(growth("scribe_llm_cost_usd_total", "1h"), ">", 20),),
        lasting="5m",
        severity="page",
        summary="Models and Exa cost more than $20 an hour",
        description="${{ $value | humanize }} were paid in the last hour.",
    ),
    Alert(
        name="ScribeUnpricedModel",
        conditions=(Condition(growth("scribe_llm_unpriced_calls_total", "1h", "provider, model"), ">", 0),),
        lasting="0m",
        severity="ticket",
        summary="The price of {{ $labels.provider }}:{{ $labels.model }} is not known",
        description="Its calls are paid for and counted as nothing, so the spend is higher than shown.",
    ),
    Alert(
        name="ScribeLowConfidence",
        conditions=(
            Condition(
                growth('scribe_emails_total{confident="false"}', "1h") + " / " + growth("scribe_emails_total", "1h"),
                ">",
                0.6,
            ),
            Condition(growth("scribe_emails_total", "1h"), ">=", 20),
        ),
        lasting="10m",
        severity="ticket",
        summary="Most e-mails are written without enough evidence",
        description="{{ $value | humanizePercentage }} of the last hour's e-mails are not confident.",
    ),
    Alert(
        name="ScribeBrowserRestarts",
        conditions=(Condition(growth("scribe_browser_restarts_total", "30m"), ">", 5),),
        lasting="0m",
        severity="ticket",
        summary="Chromium is started again and again",
        description='{{ $value | printf "%.0f" }} restarts in 30 minutes: it crashes, or runs out of memory.',
    ),
)
