"""Processes killed at named points of a delivery, which are seen in what they say to NATS."""

from collections.abc import Callable
from functools import partial

from tests.chaos.cell import Cell, Fault
from tests.chaos.chaos import WORKERS, Chaos
from tests.chaos.frames import Frame, Rule
from tests.chaos.setup.proxies import Proxied, Proxies

Matches = Callable[[Frame], bool]
KILLS = 2
"""At each point, of each step's worker."""
BEHIND_PROXIES = (Proxied(("nats",)),)
PAYING = ("parser", "scraper", "composer")


def received(step: str, frame: Frame) -> bool:
    """The worker is handed a message."""
    return frame.direction == "received" and frame.subject.startswith(f"pipeline.{step}.")


def working(_step: str, frame: Frame) -> bool:
    """It has said that it begins."""
    return frame.direction == "sent" and frame.subject.startswith("events.") and frame.subject.endswith(".started")


def paid(step: str, frame: Frame) -> bool:
    """It has an answer that was paid for, and is about to keep it."""
    return frame.direction == "sent" and frame.subject.startswith(f"$KV.memo.{step}.")


def published(_step: str, frame: Frame) -> bool:
    """It publishes the next transition."""
    return frame.direction == "sent" and frame.subject.startswith("pipeline.")


def acking(step: str, frame: Frame) -> bool:
    """It acknowledges the message, which is a request without a body."""
    is_settlement = frame.subject.startswith("$JS.ACK.") and f".PIPELINE.{step}." in frame.subject
    return frame.direction == "sent" and is_settlement and frame.payload in (b"", b"+ACK")


def killed_at(point: Callable[[str, Frame], bool], *, loses: bool, steps: tuple[str, ...] = WORKERS) -> Fault:
    """SIGKILL of the workers when the point is reached; with `loses`, what they say there is not heard."""

    async def fault(chaos: Chaos) -> None:
        rules = [
            rule_of(chaos, step, partial(point, step), partial(chaos.kill, step), loses=loses, times=KILLS)
            for step in steps
        ]
        await chaos.when_spent(rules, f"workers reached: {point.__doc__}")
        chaos.traces.note("points reached", sum(rule.seen for rule in rules))

    return fault


def rule_of(
    chaos: Chaos, client: str, matches: Matches, then: Callable[[], bool], *, loses: bool = False, times: int = 1
) -> Rule:
    """A new rule for what passes between a service and NATS."""
    rule = Rule(matches, then, loses=loses, times=times)
    chaos.rig.part(Proxies).rules[client].append(rule)
    return rule


async def gateway_before_mark(chaos: Chaos) -> None:
    """SIGKILL of the gateway when the stream has taken a message and its row is not marked yet."""
    await chaos.until(0.1)

    def has_acked(frame: Frame) -> bool:
        return frame.direction == "received" and b'"stream":"PIPELINE"' in frame.payload

    rule = rule_of(chaos, "gateway", has_acked, partial(chaos.kill, "gateway"), loses=True, times=4)
    await chaos.when_spent([rule], "the gateway had a message acknowledged")


async def message_that_kills(chaos: Chaos) -> None:
    """Two items end the worker of the step that begins with them, whenever it does."""
    doomed = set(await chaos.submit_doomed(2))

    def is_doomed(frame: Frame) -> bool:
        return working("", frame) and frame.subject.split(".")[2] in doomed

    for step in WORKERS:
        rule_of(chaos, step, is_doomed, partial(chaos.kill, step), times=1000)
    await chaos.until(1.0)


CELLS = (
    Cell("workers killed: received", killed_at(received, loses=False), parts=BEHIND_PROXIES),
    Cell("workers killed: working", killed_at(working, loses=False), parts=BEHIND_PROXIES),
    Cell("workers killed: after the paid call", killed_at(paid, loses=True, steps=PAYING), parts=BEHIND_PROXIES),
    Cell("workers killed: after the publish", killed_at(published, loses=False), parts=BEHIND_PROXIES),
    Cell("workers killed: before the ack", killed_at(acking, loses=True), parts=BEHIND_PROXIES),
    Cell("gateway killed between PubAck and mark", gateway_before_mark, parts=BEHIND_PROXIES),
    Cell("two messages that kill their workers", message_that_kills, fails=2, parts=BEHIND_PROXIES),
)
