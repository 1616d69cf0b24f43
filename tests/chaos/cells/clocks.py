"""Wrong clocks."""

from tests.chaos.cell import Cell
from tests.chaos.cells.upstreams import model
from tests.chaos.chaos import Chaos
from tests.chaos.setup.clocks import WrongClocks, is_moved

AHEAD, BEHIND = 600, -600
CLOCKS = (("parser", AHEAD), ("scraper", BEHIND), ("arxiv", AHEAD), ("composer", BEHIND), ("gateway", AHEAD))
refused = model(5.0, status=429, retry_after="40")


async def wrong_clocks(chaos: Chaos) -> None:
    """Each service's clock wrong from its start on, and a delay that somebody must measure.

    Only the time of day is moved, and only of the services: what measures durations (`CLOCK_MONOTONIC`) is not, as on a
    machine whose clock is set wrong; nor are the clocks of PostgreSQL, nats-server and the stand-ins.
    """
    for name, _ in CLOCKS:
        chaos.traces.note("clocks moved", is_moved(chaos.child(name).pid or 0))
    await refused(chaos)


CELLS = (
    Cell(
        "clocks 10 min ahead and behind, model: 429, Retry-After 40",
        wrong_clocks,
        parts=(WrongClocks(CLOCKS),),
    ),
)
