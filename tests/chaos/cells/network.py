"""Faults between a process and a server, played by proxies in between."""

from tests.chaos.cell import Cell, Fault
from tests.chaos.cells.points import rule_of
from tests.chaos.chaos import WORKERS, Chaos
from tests.chaos.frames import Frame
from tests.chaos.setup.proxies import Proxied, Proxies

LATENCY = 0.1
PARTITION = 30.0
CUTS = 10
LOST = 3
SERVERS = ("nats", "postgres", "upstreams")
TOO_LATE = "an answer that is held past the deadline of its call was paid for"
CUT_OFF = "each cut may take an answer that was paid for"


def slow(server: str) -> Fault:
    """Every piece of data waits, for the whole of the cell."""

    async def fault(chaos: Chaos) -> None:
        for proxy in chaos.rig.part(Proxies).of(server):
            proxy.latency = LATENCY
        await chaos.until(1.0)
        note(chaos)

    return fault


def half_open(server: str) -> Fault:
    """Nothing passes, and nobody is told."""

    async def fault(chaos: Chaos) -> None:
        await chaos.until(0.2)
        await chaos.submit_a_few()
        proxies = chaos.rig.part(Proxies).of(server)
        for proxy in proxies:
            proxy.hold()
        try:
            await chaos.lasting(PARTITION)
        finally:
            for proxy in proxies:
                proxy.release()
        note(chaos)

    return fault


def cut(server: str) -> Fault:
    """Every connection reset, ten times."""

    async def fault(chaos: Chaos) -> None:
        for number in range(CUTS):
            await chaos.until(0.5 * number / CUTS)
            for proxy in chaos.rig.part(Proxies).of(server):
                proxy.cut()
        note(chaos)

    return fault


def note(chaos: Chaos) -> None:
    """What the proxies have done."""
    for what, times in chaos.rig.part(Proxies).counts.items():
        chaos.traces.note(what, times)


async def lose_acks(chaos: Chaos) -> None:
    """The stream's answers to what is published, lost now and then."""

    def is_ack(frame: Frame) -> bool:
        return frame.direction == "received" and b'"stream":"' in frame.payload and b'"seq":' in frame.payload

    rules = [rule_of(chaos, client, is_ack, lambda: True, loses=True, times=LOST) for client in ("gateway", *WORKERS)]
    await chaos.when_spent(rules, "answers to publishing were lost")
    chaos.traces.note("PubAcks lost", sum(rule.seen for rule in rules))


async def lose_commits(chaos: Chaos) -> None:
    """The answers to COMMIT, lost with the connection."""
    commits = chaos.rig.part(Proxies).commits
    commits.left = 4 * LOST
    await chaos.when_worked(lambda: commits.left == 0, "answers to COMMIT were lost")
    chaos.traces.note("answers to COMMIT lost", commits.lost)


CELLS = (
    *(Cell(f"{name}: 100 ms later", slow(name), parts=(Proxied((name,)),)) for name in SERVERS),
    *(Cell(f"{name}: half-open for 30 s", half_open(name), parts=(Proxied((name,)),)) for name in SERVERS[:2]),
    Cell(
        "upstreams: half-open for 30 s", half_open("upstreams"), repeats=1, why=TOO_LATE, parts=(Proxied(SERVERS[2:]),)
    ),
    *(Cell(f"{name}: connections cut", cut(name), parts=(Proxied((name,)),)) for name in SERVERS[:2]),
    Cell("upstreams: connections cut", cut("upstreams"), repeats=CUTS, why=CUT_OFF, parts=(Proxied(SERVERS[2:]),)),
    Cell("PubAcks lost", lose_acks, parts=(Proxied(("nats",)),)),
    Cell("answers to COMMIT lost", lose_commits, parts=(Proxied(("postgres",)),)),
)
