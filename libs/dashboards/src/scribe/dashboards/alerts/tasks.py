"""Alerts on tasks that wait, fail or end their workers."""

from scribe.dashboards.alerts.expressions import STEPS, growth, highest
from scribe.dashboards.rules import Alert, Condition

_LAG = highest(f"scribe_consumer_lag_messages{{{STEPS}}}", "consumer")
_UNSETTLED = highest(f"scribe_consumer_ack_pending_messages{{{STEPS}}}", "consumer")
_IN_PROGRESS = 'label_replace(scribe_deliveries_in_progress, "consumer", "$1", "step", "(.+)")'

TASKS = (
    Alert(
        name="ScribeOldestMessageTooOld",
        conditions=(Condition(highest(f"scribe_consumer_oldest_age_seconds{{{STEPS}}}", "consumer"), ">", 300),),
        lasting="5m",
        severity="page",
        summary="A message has waited at {{ $labels.consumer }} for more than five minutes",
        description="The oldest message without an outcome is {{ $value | humanizeDuration }} old.",
        unless=(
            "ScribeNobodyPulls",
            "ScribeServerDown",
            "ScribeBreakerOpen",
            "ScribeAccessRefused",
        ),
    ),
    Alert(
        name="ScribeEventLoopBlocked",
        conditions=(
            Condition(
                "sum by (namespace, pod, job) (increase(scribe_event_loop_lag_seconds_count[10m]))"
                ' - sum by (namespace, pod, job) (increase(scribe_event_loop_lag_seconds_bucket{le="1.0"}[10m]))',
                ">",
                0.5,
            ),
        ),
        lasting="0m",
        severity="ticket",
        summary="Something blocks the event loop of {{ $labels.pod }}",
        description="For longer than a second nothing else ran there: no probe, no heartbeat, no other task.",
    ),
    Alert(
        name="ScribeNobodyPulls",
        conditions=(
            Condition(f"{_LAG} + {_UNSETTLED}", ">", 0),
            Condition(highest(f"scribe_consumer_waiting_pulls{{{STEPS}}}", "consumer"), "<", 1),
            # Not what the server holds for unsettled: it does so for ever where a worker died over it.
            Condition(f"sum by (namespace, consumer) ({_IN_PROGRESS}) or 0 * {_LAG}", "<", 1),
        ),
        lasting="2m",
        severity="page",
        summary="Messages wait at {{ $labels.consumer }} and no worker pulls",
        description="Nobody works at {{ $labels.consumer }}: its workers are down or cut off.",
    ),
    Alert(
        name="ScribeDeadLetters",
        conditions=(Condition(highest("scribe_dead_letters_open", "step"), ">", 0),),
        lasting="0m",
        severity="ticket",
        summary="Dead letters of {{ $labels.step }} are open",
        description='{{ $value | printf "%.0f" }} messages that no attempt could finish wait for an operator.',
    ),
    Alert(
        name="ScribePoison",
        conditions=(Condition(growth("scribe_poison_attempts_total", "15m", "step"), ">", 0),),
        lasting="0m",
        severity="ticket",
        summary="A message of {{ $labels.step }} ends its worker",
        description="It was begun again though an attempt with nothing beside it had ended without an outcome.",
    ),
    Alert(
        name="ScribeCrashLoop",
        conditions=(Condition(growth("scribe_redeliveries_total", "15m", "step"), ">", 50),),
        lasting="5m",
        severity="ticket",
        summary="Messages of {{ $labels.step }} are delivered again and again",
        description='{{ $value | printf "%.0f" }} redeliveries in 15 minutes: attempts fail, or workers die.',
        unless=("ScribePoison",),
    ),
)
