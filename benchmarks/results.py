"""`results.json`: the medians of all benchmarks by key, and the tables of README.md, which are written from it."""

import json
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.contract import Benchmark, Results

RESULTS = Path(__file__).with_name("results.json")
README = Path(__file__).with_name("README.md")


def medians(rounds: Sequence[Results]) -> dict[str, float]:
    """The median of each key over the rounds that have it."""
    keys = {key for found in rounds for key in found}
    return {key: statistics.median(found[key] for found in rounds if key in found) for key in keys}


def read(path: Path = RESULTS) -> dict[str, float | str]:
    """What is known so far."""
    found: dict[str, float | str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def store(found: Mapping[str, float | str], path: Path = RESULTS) -> None:
    """Put figures in the place of earlier ones of the same key; the others stay."""
    rounded = {key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in found.items()}
    path.write_text(json.dumps(dict(sorted({**read(path), **rounded}.items())), indent=2) + "\n")


def with_tables(text: str, benchmarks: Iterable[Benchmark], results: Mapping[str, float | str]) -> str:
    """README's text with each table, between `<!-- table NAME -->` and `<!-- end -->`, as the results say it."""
    for benchmark in benchmarks:
        shown = "\n\n".join((benchmark.table.markdown(results), *_how(benchmark.name, results)))
        table = f"<!-- table {benchmark.name} -->\n{shown}\n<!-- end -->"
        place = re.compile(f"<!-- table {re.escape(benchmark.name)} -->.*?<!-- end -->", re.DOTALL)
        text = place.sub(lambda _found, table=table: table, text)  # type: ignore[misc]
    return text


def _how(name: str, results: Mapping[str, float | str]) -> Iterator[str]:
    run = f"run.{name}"
    if f"{run}.date" in results:
        rounds, busy = int(results[f"{run}.rounds"]), float(results[f"{run}.busy_share"])
        yield f"{results[f'{run}.date']}, rounds: {rounds}; before them, {busy:.0%} of the CPU time went to other work."
