"""A cell of the table: a fault, what it may cost, and what came of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.chaos.checker import Verdict
from tests.chaos.setup.rig import Part

if TYPE_CHECKING:
    from tests.chaos.chaos import Chaos

Fault = Callable[["Chaos"], Awaitable[None]]
Submit = Callable[["Chaos", int], Awaitable[None]]


@dataclass(frozen=True)
class Cell:
    """`fault` does it and returns when it is over.

    `fails`: how many items may fail; None is as many as it likes, each with a sentence. `repeats`: how often one paid
    request may be made again beyond the number of processes that were killed, and `why` that is so. `users` submit the
    items, by default about one for fifty. `parts`, `settings` and `replicas` are those of the platform.
    """

    name: str
    fault: Fault
    fails: int | None = 0
    repeats: int = 0
    why: str = ""
    submit: Submit | None = None
    parts: tuple[Part, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    replicas: Mapping[str, int] = field(default_factory=dict)

    def shares_platform(self, other: "Cell") -> bool:
        """Whether one platform can serve both, one after the other."""
        return not (self.parts or other.parts) and (self.settings, self.replicas) == (other.settings, other.replicas)


@dataclass(frozen=True)
class Outcome:
    """A row of the table; `recovery` are the seconds from the fault's end until everything had ended."""

    cell: Cell
    verdict: Verdict
    recovery: float
    kills: int
    more: tuple[str, ...] = ()

    @property
    def breaches(self) -> tuple[str, ...]:
        """What must not be."""
        found = self.verdict.breaches(fails=self.cell.fails, kills=self.kills, repeats=self.cell.repeats)
        return (*found, *self.more)
