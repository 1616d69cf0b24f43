"""A cell of the table: a fault, and what it may cost."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.chaos.setup.rig import Part

if TYPE_CHECKING:
    from tests.chaos.chaos import Chaos

Fault = Callable[["Chaos"], Awaitable[None]]
Submit = Callable[["Chaos", int], Awaitable[None]]


@dataclass(frozen=True)
class Cell:
    """`fault` does it and returns when it is over; it notes what shows that it happened, unless nothing is to happen.

    `fails`: how many items may fail; None is as many as it likes, each with a sentence. `repeats`: how often one paid
    request may be made again beyond the number of workers that were killed or stood still, and `why` that is so.
    `submit` is how the items are submitted, by default those of about one user for fifty; `is_full` where every item
    must have work for every step. `parts`, `settings` and `replicas` are those of the platform.
    """

    name: str
    fault: Fault
    fails: int | None = 0
    repeats: int = 0
    why: str = ""
    submit: Submit | None = None
    is_full: bool = False
    parts: tuple[Part, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    replicas: Mapping[str, int] = field(default_factory=dict)
    happens: bool = True

    def shares_platform(self, other: "Cell") -> bool:
        """Whether one platform can serve both, one after the other."""
        ours, theirs = ((cell.parts, cell.settings, cell.replicas) for cell in (self, other))
        return ours == theirs
