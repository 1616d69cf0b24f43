"""The tables of benchmarks/README.md say what results.json says, and results.json holds what benchmarks give."""

from benchmarks.__main__ import BENCHMARKS, run
from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.results import README, medians, read, with_tables


async def _nothing() -> Results:
    return {}


def test_tables_are_those_of_the_results() -> None:
    text = README.read_text()
    assert with_tables(text, BENCHMARKS, read()) == text


def test_every_benchmark_has_a_place_for_its_table() -> None:
    text = README.read_text()
    assert [found.name for found in BENCHMARKS if f"<!-- table {found.name} -->" not in text] == []


def test_results_are_of_benchmarks_that_there_are() -> None:
    names = {benchmark.name for benchmark in BENCHMARKS}
    assert {key.removeprefix("run.").split(".")[0] for key in read()} <= names


def test_a_figure_is_the_median_of_its_rounds() -> None:
    assert medians([{"a.x_ms": 1.0}, {"a.x_ms": 9.0}, {"a.x_ms": 2.0, "a.y_ms": 4.0}]) == {"a.x_ms": 2.0, "a.y_ms": 4.0}


def test_a_table_is_replaced_in_its_place_and_shows_what_is_missing() -> None:
    table = Table(("what", "time"), (("one", Figure("a.x_ms", "{:.1f} ms")), ("other", Figure("a.y_ms"))))
    text = "before\n<!-- table a -->\nold\n<!-- end -->\nafter"
    written = with_tables(text, [Benchmark("a", _nothing, table)], {"a.x_ms": 2.0})
    assert written.startswith("before\n<!-- table a -->\n| what | time |")
    assert "| one | 2.0 ms |\n| other | – |\n<!-- end -->\nafter" in written


async def test_a_benchmark_that_fails_ends_only_itself() -> None:
    tried = []

    def failing(name: str) -> Benchmark:
        async def fail() -> Results:
            tried.append(name)
            raise AssertionError("a task has failed")

        return Benchmark(name, fail, Table((), ()))

    async def quiet() -> float:
        return 0.0

    assert await run([failing("first"), failing("second")], 2, quiet) == {"first", "second"}
    assert tried == ["first", "second"]
