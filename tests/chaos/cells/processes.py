"""Faults of Scribe's own processes."""

from functools import partial

from tests.chaos.cell import Cell
from tests.chaos.chaos import TWO_OF_EACH, WORKERS, Chaos
from tests.chaos.probes import is_live, is_ready
from tests.chaos.setup.blocking import SIGNAL, Blockable
from tests.chaos.setup.versions import Previous

FREEZE = 40.0
"""Seconds, more than `ack_wait` and than the deadline of a model's answer."""
BLOCKED = 60.0


async def nothing(_chaos: Chaos) -> None:
    """The baseline."""


async def kill_workers(chaos: Chaos) -> None:
    """SIGKILL of a worker at random, eight times."""
    for number in range(8):
        await chaos.until(0.08 * number)
        chaos.kill(chaos.random.choice(WORKERS))


async def kill_gateway(chaos: Chaos) -> None:
    """SIGKILL of the gateway, four times."""
    for number in range(4):
        await chaos.until(0.15 * number)
        chaos.kill("gateway")


async def kill_everything(chaos: Chaos) -> None:
    """SIGKILL of all workers at once, then of each server and of the gateway."""
    for number, names in enumerate((WORKERS, ("nats-server",), ("gateway",), ("PostgreSQL",))):
        await chaos.until(0.1 + 0.15 * number)
        for name in names:
            chaos.kill(name)


async def restart_everything(chaos: Chaos) -> None:
    """SIGTERM to every process, one after the other."""
    for number, name in enumerate((*WORKERS, "gateway")):
        await chaos.until(0.1 * number)
        chaos.restart(name)


async def roll_everything(chaos: Chaos) -> None:
    """As Deployments are rolled: of each service one process ends when the other is ready."""
    for name in list(chaos.platform.services):
        child = chaos.child(name)
        chaos.restart(name)
        await child.wait()
        await chaos.when(partial(is_ready, chaos, name), f"{name} is ready again")


async def freeze_workers(chaos: Chaos) -> None:
    """SIGSTOP of every worker past ack_wait: their messages go to nobody, and then to themselves again."""
    await chaos.until(0.2)
    await chaos.freeze(WORKERS, FREEZE)


async def freeze_one_of_two(chaos: Chaos) -> None:
    """SIGSTOP of one worker of each step past ack_wait: the other is delivered its messages."""
    await chaos.until(0.2)
    await chaos.freeze([f"{name}-2" for name in WORKERS], FREEZE)


async def block_loops(chaos: Chaos) -> None:
    """The event loops of all workers do nothing but one computation."""
    await chaos.until(0.2)
    for name in WORKERS:
        chaos.child(name).send(SIGNAL)
        chaos.traces.interrupt(name)
    await chaos.lasting(BLOCKED / 2)
    for name in WORKERS:
        chaos.traces.note("event loops silent", not await is_live(chaos, name))
    await chaos.lasting(BLOCKED / 2)


CELLS = (
    Cell("nothing", nothing, happens=False),
    Cell("workers killed at random", kill_workers),
    Cell("gateway killed", kill_gateway),
    Cell("every process and server killed", kill_everything),
    Cell("every process restarted (SIGTERM)", restart_everything),
    Cell("two of each service, rolling restart", roll_everything, replicas=TWO_OF_EACH),
    Cell("workers frozen for 40 s", freeze_workers),
    Cell("one worker of two frozen for 40 s", freeze_one_of_two, replicas=TWO_OF_EACH),
    Cell("event loops blocked for 60 s", block_loops, parts=(Blockable(BLOCKED),)),
    Cell("two versions side by side, rolling", roll_everything, replicas=TWO_OF_EACH, parts=(Previous(),)),
)
