"""The known causes of e-mails that are late or fail: for each the panel of the overview that turns red, and the alert.

A panel is red from its last threshold on, within a minute of the breakage; the alert comes when the cause lasts. Both
lead to the runbook of the alert's name.
"""

from dataclasses import dataclass

from scribe.dashboards.alerts.expressions import PROJECTOR, STEPS
from scribe.dashboards.grafana import Panel, Query, Stat, Threshold
from scribe.dashboards.queries import highest, increase, selected, share
from scribe.dashboards.rules import RUNBOOKS

PIPELINE = 'stream="PIPELINE"'
MINUTE = "1m"


@dataclass(frozen=True)
class Cause:
    """`what` is wrong, in a few words; `alert` is the alert's name."""

    what: str
    panel: Panel
    alert: str

    @property
    def expression(self) -> str:
        """What the panel shows."""
        return self.panel.queries[0].expression

    @property
    def limit(self) -> float:
        """From where on the panel is red."""
        return self.panel.thresholds[-1].value

    @property
    def runbook(self) -> str:
        """The page that says what to do."""
        return f"{RUNBOOKS}/{self.alert}.md"


def _panel(
    title: str, query: Query, description: str, limits: tuple[float, ...], board: tuple[str, str], unit: str = "short"
) -> Panel:
    colours = [Threshold(limits[-1], "red")] if len(limits) == 1 else []
    if len(limits) == 2:
        colours = [Threshold(limits[0], "orange"), Threshold(limits[1], "red")]
    return Stat(
        title,
        (query,),
        description,
        unit=unit,
        thresholds=tuple(colours),
        links=(board,),
    )


_GATEWAY, _STEP = ("Gateway", "scribe-gateway"), ("One step", "scribe-step")
_UPSTREAMS, _SERVERS = ("Upstreams and cost", "scribe-upstreams"), ("NATS and PostgreSQL", "scribe-servers")
_OLDEST = "scribe_consumer_oldest_age_seconds"
_IN_PROGRESS = f'label_replace({selected("scribe_deliveries_in_progress")}, "consumer", "$1", "step", "(.+)")'
_LAG = highest("scribe_consumer_lag_messages", "consumer", STEPS)
_UNPULLED = (
    f"({_LAG} + {highest('scribe_consumer_ack_pending_messages', 'consumer', STEPS)})"
    f" * ({highest('scribe_consumer_waiting_pulls', 'consumer', STEPS)} < bool 1)"
    f" * ((sum by (namespace, consumer) ({_IN_PROGRESS}) or 0 * {_LAG}) < bool 1)"
)
_LAGGED = increase("scribe_event_loop_lag_seconds_count", "5m", "job")
_ON_TIME = increase("scribe_event_loop_lag_seconds_bucket", "5m", "job", 'le="1.0"')
_HELD_BACK = selected("scribe_upstream_breaker_open")

TURN = _panel(
    "Waiting for their turn",
    Query(highest("scribe_queue_oldest_age_seconds", matchers='state="waiting"'), "oldest"),
    "Age of the oldest item that is due and not yet published. High with tasks in flight: users wait behind each other"
    " or themselves. High with none: the relay is stuck.",
    (60, 300),
    _GATEWAY,
    "s",
)
WAITING = _panel(
    "Waiting at a step",
    Query(highest(_OLDEST, "consumer", STEPS), "{{consumer}}"),
    "Age of the oldest message that a step has not settled.",
    (60, 300),
    _STEP,
    "s",
)
UNPULLED = _panel(
    "Nobody pulls",
    Query(_UNPULLED, "{{consumer}}"),
    "Messages at a step whose workers are all gone or cut off; 0 where somebody works or waits for work.",
    (1,),
    _STEP,
)
HELD_BACK = _panel(
    "Held back from",
    Query(f"max by (namespace, upstream, cause) (max_over_time({_HELD_BACK}[{MINUTE}]))", "{{upstream}} {{cause}}"),
    "1 where calls are held back, by the status of the last failure: 401, 402 and 403 refuse the key or the account.",
    (1,),
    _UPSTREAMS,
)
UNWRITTEN = _panel(
    "States not yet written",
    Query(highest(_OLDEST, "stream", PROJECTOR), "{{stream}}"),
    "Age of the oldest change of state that the projector has not committed. High: users do not see what is done.",
    (10, 60),
    _GATEWAY,
    "s",
)
FULLNESS = _panel(
    "PIPELINE",
    Query(
        share(
            highest("scribe_stream_bytes", "stream", PIPELINE), highest("scribe_stream_limit_bytes", "stream", PIPELINE)
        ),
        "full",
    ),
    "How full the stream of tasks under way is. From 70 % on the relay admits nothing new.",
    (0.5, 0.7),
    _SERVERS,
    "percentunit",
)
DEAD_LETTERS = _panel(
    "Dead letters open",
    Query(highest("scribe_dead_letters_open", "step"), "{{step}}"),
    "Messages that a step gave up, neither replayed nor given up by an operator.",
    (1,),
    _STEP,
)
LOOPS = _panel(
    "Event loops blocked",
    Query(f"{_LAGGED} - {_ON_TIME}", "{{job}}"),
    "How often in five minutes something kept a process's event loop to itself for more than a second.",
    (0.5,),
    _STEP,
)
POISON = _panel(
    "Poison",
    Query(increase("scribe_poison_attempts_total", "15m", "step"), "{{step}}"),
    "Attempts at a message that ends its worker even with nothing beside it.",
    (0.5,),
    _STEP,
)
SERVERS = _panel(
    "Servers",
    Query(f"1 - ({highest('scribe_server_up', 'server')})", "{{server}}"),
    "1 where NATS or PostgreSQL does not answer the gateway.",
    (1,),
    _SERVERS,
)

CAUSES = (
    Cause("nobody pulls", UNPULLED, "ScribeNobodyPulls"),
    Cause("a provider refuses its access", HELD_BACK, "ScribeAccessRefused"),
    Cause("arXiv or a provider does not answer", HELD_BACK, "ScribeBreakerOpen"),
    Cause("the stream is full", FULLNESS, "ScribeStreamFillsUp"),
    Cause("dead letters are open", DEAD_LETTERS, "ScribeDeadLetters"),
    Cause("an event loop is blocked", LOOPS, "ScribeEventLoopBlocked"),
    Cause("a message ends its workers", POISON, "ScribePoison"),
)
PANELS = (TURN, WAITING, UNWRITTEN, SERVERS, *dict.fromkeys(cause.panel for cause in CAUSES))
"""What is late, and then why."""
