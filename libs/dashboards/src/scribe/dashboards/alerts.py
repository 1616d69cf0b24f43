"""The alerts beside the burn rates: each names one cause, and has a page of its name in `docs/runbooks`.

Gauges that every replica of the gateway shows alike are read with `max`; a timestamp is as fresh as its latest one.
Each namespace is looked at by itself: one installation that is well must not hide another that is not.
"""

from scribe.dashboards.rules import Alert, Condition, Group

_STEPS = 'stream="PIPELINE", consumer!="projector"'
_PROJECTOR = 'consumer="projector"'
_FINE = 'outcome!~"2..|3..|404"'


def _highest(series: str, by: str = "") -> str:
    return f"max by ({_labels(by)}) ({series})"


def _growth(counter: str, window: str, by: str = "") -> str:
    return f"sum by ({_labels(by)}) (increase({counter}[{window}]))"


def _labels(by: str) -> str:
    return f"namespace, {by}" if by else "namespace"


def _fullness(stream: str) -> str:
    stored, limit = (f'scribe_stream_{name}{{stream="{stream}"}}' for name in ("bytes", "limit_bytes"))
    return f"{_highest(stored, 'stream')} / {_highest(limit, 'stream')}"


_LAG = _highest(f"scribe_consumer_lag_messages{{{_STEPS}}}", "consumer")
_UNSETTLED = _highest(f"scribe_consumer_ack_pending_messages{{{_STEPS}}}", "consumer")
_IN_PROGRESS = 'label_replace(scribe_deliveries_in_progress, "consumer", "$1", "step", "(.+)")'

TASKS = (
    Alert(
        name="ScribeOldestMessageTooOld",
        conditions=(Condition(_highest(f"scribe_consumer_oldest_age_seconds{{{_STEPS}}}", "consumer"), ">", 300),),
        lasting="5m",
        severity="page",
        summary="A message has waited at {{ $labels.consumer }} for more than five minutes",
        description="The oldest message without an outcome is {{ $value | humanizeDuration }} old.",
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
            Condition(_highest(f"scribe_consumer_waiting_pulls{{{_STEPS}}}", "consumer"), "<", 1),
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
        conditions=(Condition(_growth("scribe_dead_letters_total", "15m", "step"), ">", 0),),
        lasting="0m",
        severity="ticket",
        summary="Dead letters at {{ $labels.step }}",
        description='{{ $value | printf "%.0f" }} messages of {{ $labels.step }} became dead letters in 15 minutes.',
    ),
    Alert(
        name="ScribeCrashLoop",
        conditions=(Condition(_growth("scribe_redeliveries_total", "15m", "step"), ">", 50),),
        lasting="5m",
        severity="ticket",
        summary="Messages of {{ $labels.step }} are delivered again and again",
        description='{{ $value | printf "%.0f" }} redeliveries in 15 minutes: attempts fail, or workers die.',
    ),
)

LOOPS = (
    Alert(
        name="ScribeLoopStopped",
        conditions=(Condition(f"time() - {_highest('scribe_loop_pass_timestamp_seconds', 'loop')}", ">", 120),),
        lasting="1m",
        severity="page",
        summary="The {{ $labels.loop }} of the gateway makes no passes",
        description="No replica's {{ $labels.loop }} has finished a pass for {{ $value | humanizeDuration }}.",
    ),
    Alert(
        name="ScribeRelayStuck",
        conditions=(
            Condition(_highest('scribe_queue_oldest_age_seconds{state="waiting"}'), ">", 120),
            Condition("sum by (namespace) (rate(scribe_relay_published_total[5m]))", "==", 0),
        ),
        lasting="2m",
        severity="page",
        summary="Submitted items wait and the relay publishes nothing",
        description="A due item has waited for {{ $value | humanizeDuration }}, and nothing is published.",
    ),
    Alert(
        name="ScribeProjectorStuck",
        conditions=(Condition(_highest(f"scribe_consumer_oldest_age_seconds{{{_PROJECTOR}}}", "stream"), ">", 60),),
        lasting="2m",
        severity="page",
        summary="The projector is behind on {{ $labels.stream }}",
        description="A change of state has waited {{ $value | humanizeDuration }} to be written: users see old ones.",
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

UPSTREAMS = (
    Alert(
        name="ScribeProviderErrors",
        conditions=(
            Condition(
                f"sum by (namespace, upstream) (rate(scribe_upstream_calls_total{{{_FINE}}}[10m]))"
                " / sum by (namespace, upstream) (rate(scribe_upstream_calls_total[10m]))",
                ">",
                0.2,
            ),
            Condition(_growth("scribe_upstream_calls_total", "10m", "upstream"), ">=", 10),
        ),
        lasting="5m",
        severity="ticket",
        summary="{{ $labels.upstream }} answers with errors",
        description="{{ $value | humanizePercentage }} of the calls to {{ $labels.upstream }} fail.",
    ),
    Alert(
        name="ScribeBreakerOpen",
        # It looks closed between a pause and its probe, and when the last work that waited for it is gone.
        conditions=(Condition(_highest("max_over_time(scribe_upstream_breaker_open[2m])", "upstream"), "==", 1),),
        lasting="5m",
        severity="page",
        summary="Calls to {{ $labels.upstream }} are held back",
        description="The breaker of {{ $labels.upstream }} has been open for five minutes: work is held, not failed.",
    ),
    Alert(
        name="ScribeAccessRefused",
        conditions=(
            Condition(_growth('scribe_upstream_calls_total{outcome="access_refused"}', "10m", "upstream"), ">", 0),
        ),
        lasting="0m",
        severity="page",
        summary="{{ $labels.upstream }} refuses Scribe's access",
        description="{{ $labels.upstream }} refuses the key, or its account is empty: all work that needs it is held.",
    ),
    Alert(
        name="ScribeSpendPerHour",
        conditions=(Condition(_growth("scribe_llm_cost_usd_total", "1h"), ">", 20),),
        lasting="5m",
        severity="page",
        summary="Models and Exa cost more than $20 an hour",
        description="${{ $value | humanize }} were paid in the last hour.",
    ),
    Alert(
        name="ScribeUnpricedModel",
        conditions=(Condition(_growth("scribe_llm_unpriced_calls_total", "1h", "provider, model"), ">", 0),),
        lasting="0m",
        severity="ticket",
        summary="The price of {{ $labels.provider }}:{{ $labels.model }} is not known",
        description="Its calls are paid for and counted as nothing, so the spend is higher than shown.",
    ),
    Alert(
        name="ScribeLowConfidence",
        conditions=(
            Condition(
                _growth('scribe_emails_total{confident="false"}', "1h") + " / " + _growth("scribe_emails_total", "1h"),
                ">",
                0.6,
            ),
            Condition(_growth("scribe_emails_total", "1h"), ">=", 20),
        ),
        lasting="10m",
        severity="ticket",
        summary="Most e-mails are written without enough evidence",
        description="{{ $value | humanizePercentage }} of the last hour's e-mails are not confident.",
    ),
    Alert(
        name="ScribeBrowserRestarts",
        conditions=(Condition(_growth("scribe_browser_restarts_total", "30m"), ">", 5),),
        lasting="0m",
        severity="ticket",
        summary="Chromium is started again and again",
        description='{{ $value | printf "%.0f" }} restarts in 30 minutes: it crashes, or runs out of memory.',
    ),
)

SERVERS = (
    Alert(
        name="ScribeServerDown",
        conditions=(Condition(_highest("scribe_server_up", "server"), "<", 1),),
        lasting="1m",
        severity="page",
        summary="{{ $labels.server }} does not answer",
        description="No gateway reaches {{ $labels.server }}.",
    ),
    Alert(
        name="ScribeStreamFillsUp",
        conditions=(Condition(_fullness("PIPELINE"), ">", 0.7),),
        lasting="2m",
        severity="page",
        summary="PIPELINE fills up",
        description=(
            "It is {{ $value | humanizePercentage }} full. From 70 % on the relay admits nothing,"
            " so that tasks under way can finish."
        ),
    ),
    Alert(
        name="ScribeDeadLettersFillUp",
        conditions=(Condition(_fullness("DEADLETTER"), ">", 0.7),),
        lasting="2m",
        severity="ticket",
        summary="DEADLETTER fills up",
        description="It is {{ $value | humanizePercentage }} full. When it is full the oldest letters are dropped.",
    ),
    Alert(
        name="ScribePoolExhausted",
        conditions=(
            Condition(
                'sum by (namespace, job, instance) (scribe_database_pool_connections{state="used"})'
                " / sum by (namespace, job, instance) (scribe_database_pool_limit)",
                ">=",
                0.95,
            ),
        ),
        lasting="5m",
        severity="ticket",
        summary="{{ $labels.instance }} uses all of its database connections",
        description="Requests and tasks wait for a connection.",
    ),
    Alert(
        name="ScribePostgresConnections",
        conditions=(
            Condition(
                _highest("scribe_postgres_connections", "database")
                + " / "
                + _highest("scribe_postgres_connection_limit", "database"),
                ">",
                0.85,
            ),
        ),
        lasting="5m",
        severity="ticket",
        summary="PostgreSQL is running out of connections",
        description="{{ $value | humanizePercentage }} of the connections that the server admits are taken.",
    ),
)

GROUPS = (
    Group("scribe-tasks", TASKS),
    Group("scribe-loops", LOOPS),
    Group("scribe-upstreams", UPSTREAMS),
    Group("scribe-servers", SERVERS),
)
