"""Wrong clocks."""

from tests.chaos.cell import Cell
from tests.chaos.cells.upstreams import model
from tests.chaos.setup.clocks import WrongClocks

AHEAD, BEHIND = 600, -600
CLOCKS = (("parser", AHEAD), ("scraper", BEHIND), ("arxiv", AHEAD), ("composer", BEHIND), ("gateway", AHEAD))
CELLS = (
    Cell(
        "clocks 10 min ahead and behind, model: 429, Retry-After 40",
        model(5.0, status=429, retry_after="40"),
        parts=(WrongClocks(CLOCKS),),
    ),
)
