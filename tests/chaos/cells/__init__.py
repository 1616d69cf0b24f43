"""The cells of the table, by what they do harm to."""

from tests.chaos.cell import Cell
from tests.chaos.cells import broker, clocks, database, network, points, processes, upstreams, users

CELLS: tuple[Cell, ...] = tuple(
    cell for module in (processes, points, broker, network, database, users, clocks, upstreams) for cell in module.CELLS
)
