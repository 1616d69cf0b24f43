"""The systems that cells can be tried on, each with its cells."""

from dataclasses import dataclass

from tests.chaos import peer
from tests.chaos.cell import Cell
from tests.chaos.cells import CELLS
from tests.chaos.running import OpenBench, running_bench

MAX_SHARED = 10
"""Cells that one platform serves: what it remembers of earlier ones slows the later ones down. A new one costs 18 s of
a core until all its processes have loaded what their first items need.
"""


@dataclass(frozen=True)
class System:
    """What is tried, and how it is started."""

    cells: tuple[Cell, ...]
    open_bench: OpenBench

    def groups(self, cells: tuple[Cell, ...]) -> list[list[Cell]]:
        """The cells by the platform that they share, the largest group first: the last lanes then end together."""
        groups: list[list[Cell]] = []
        for cell in cells:
            open_groups = (each for each in groups if len(each) < MAX_SHARED and each[0].shares_platform(cell))
            group = next(open_groups, None)
            if group is None:
                groups.append([cell])
            else:
                group.append(cell)
        return sorted(groups, key=len, reverse=True)


SYSTEMS = {"": System(CELLS, running_bench), "celery": System(peer.CELLS, peer.running_peer)}
