"""Alerts on the gateway's loops."""

from scribe.dashboards.alerts.expressions import PROJECTOR, highest
from scribe.dashboards.rules import Alert, Condition

LOOPS = (
    Alert(
        name="ScribeLoopStopped",
        conditions=(Condition(f"time() - {highest('scribe_loop_pass_timestamp_seconds', 'loop')}", ">", 120),),
        lasting="1m",
        severity="page",
        summary="The {{ $labels.loop }} of the gateway makes no passes",
        description="No replica's {{ $labels.loop }} has finished a pass for {{ $value | humanizeDuration }}.",
        unless=("ScribeServerDown",),
    ),
    Alert(
        name="ScribeRelayStuck",
        conditions=(
            Condition(highest('scribe_queue_oldest_age_seconds{state="waiting"}'), ">", 120),
            Condition("sum by (namespace) (rate(scribe_relay_published_total[5m]))", "==", 0),
        ),
        lasting="2m",
        severity="page",
        summary="Submitted items wait and the relay publishes nothing",
        description="A due item has waited for {{ $value | humanizeDuration }}, and nothing is published.",
        unless=(
            "ScribeStreamFillsUp",
            "ScribeServerDown",
            "ScribeLoopStopped",
        ),
    ),
    Alert(
        name="ScribeProjectorStuck",
        conditions=(Condition(highest(f"scribe_consumer_oldest_age_seconds{{{PROJECTOR}}}", "stream"), ">", 60),),
        lasting="2m",
        severity="page",
        summary="The projector is behind on {{ $labels.stream }}",
        description="A change of state has waited {{ $value | humanizeDuration }} to be written: users see old ones.",
        unless=(
            "ScribeServerDown",
            "ScribeLoopStopped",
        ),
    ),
    Alert(
        name="ScribeGatewayGone",
        conditions=(Condition("count(scribe_loop_pass_timestamp_seconds) or vector(0)", "<", 1),),
        lasting="3m",
        severity="page",
        summary="No gateway is seen",
        description="Prometheus has no metrics of any gateway: none runs, or none can be scraped.",
    ),
)
