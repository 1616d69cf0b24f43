"""What a benchmark is: one function that measures once, and the table in which its figures are shown.

A module exports `BENCHMARK`, and `benchmarks/__main__.py` lists it. The keys of what `measure` gives begin with the
benchmark's name and end with a unit: `noop.cpu_ms`, `growth.rate_100k_over_1k_ratio`, `idle.gateway_pss_mib`. A ratio
is computed within one measurement, in which both sides run one after the other: it holds also where times do not.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

Results = Mapping[str, float]
"""Figures by key."""
MISSING = "–"


@dataclass(frozen=True)
class Figure:
    """A cell that shows a result: `Figure("noop.cpu_ms", "{:.1f} ms")`."""

    key: str
    form: str = "{:.2f}"

    def shown(self, results: Mapping[str, float | str]) -> str:
        """The cell; a dash where it has not been measured."""
        return self.form.format(results[self.key]) if self.key in results else MISSING


@dataclass(frozen=True)
class Table:
    """A table of benchmarks/README.md. A cell is a text or a figure."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str | Figure, ...], ...]

    def markdown(self, results: Mapping[str, float | str]) -> str:
        """The lines of the table."""
        rows = [[cell if isinstance(cell, str) else cell.shown(results) for cell in row] for row in self.rows]
        ruler = ["---"] * len(self.headings)
        return "\n".join("| " + " | ".join(cells) + " |" for cells in (self.headings, ruler, *rows))


@dataclass(frozen=True)
class Benchmark:
    """`measure` runs in every round, or once where it `is_long`. `is_optional`: only where it is asked for by name."""

    name: str
    measure: Callable[[], Awaitable[Results]]
    table: Table
    is_long: bool = False
    is_optional: bool = False
