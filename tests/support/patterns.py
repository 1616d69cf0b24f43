"""Every regular expression of the code base, and texts that make a bad one slow."""

import ast
import importlib
import pkgutil
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import scribe

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _parser as parser

KB = 1_000
NOT_READING = ("scribe.fakes", "scribe.evaluation", "scribe.dashboards")
FILLERS = (
    *(" ", "a", "A", "1", "-", "_", ".", ",", ":", "\n", "\t", "/", "'", '"', "\\", "*", "#", "%", "$", "|", "@", "`"),
    *(
        "<",
        ">",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "a ",
        "A. ",
        "a.",
        "a-",
        "1 ",
        "< ",
        "[a",
        "{a",
        "<a",
        "a\n",
        " \n",
        "é",
        "中",
    ),
)
MAX_PREFIXES = 16
END = "\x00"
FAST = 0.02
"""Processor seconds for 10 kB; a quadratic pattern takes ten times as long."""
TOO_SLOW = 1.5
"""Processor seconds for 10 kB from which on growth need not be measured."""
MAX_GROWTH = 3.0
"""Twice the text may take so many times as long; a quadratic pattern takes four times as long."""
_FUNCTIONS = frozenset({"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"})


@dataclass(frozen=True)
class Found:
    """A pattern and where it stands."""

    place: str
    pattern: "re.Pattern[str]"


def modules() -> Iterator[ModuleType]:
    """Every module that reads what strangers wrote: not the stand-ins and the evaluation, which read our own texts."""
    for info in pkgutil.walk_packages(scribe.__path__, "scribe.", onerror=lambda _name: None):
        if not info.name.startswith(NOT_READING) and not info.name.endswith((".__main__", "migrations.env")):
            yield importlib.import_module(info.name)


def patterns() -> dict[str, Found]:
    """The patterns that modules hold, and those written in calls of `re`, each once, by its text and flags."""
    found: dict[str, Found] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in _patterns_in(value):
                found.setdefault(f"{pattern.pattern}{pattern.flags}", Found(f"{module.__name__}.{name}", pattern))
        for line, text in _written_in_functions(module):
            pattern = re.compile(text)
            found.setdefault(f"{pattern.pattern}{pattern.flags}", Found(f"{module.__name__}:{line}", pattern))
    return found


def _patterns_in(value: object) -> Iterator["re.Pattern[str]"]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _patterns_in(part)
    elif isinstance(value, tuple | list | frozenset):
        for part in value:
            yield from _patterns_in(part)


def calls_of_re(module: ModuleType) -> Iterator[tuple[ast.Call, bool]]:
    """The calls of `re` in a module's source, and whether each stands within a function."""
    path = getattr(module, "__file__", None)
    if path is None:
        return
    tree = ast.parse(Path(path).read_text("utf-8"))
    inner = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_of_re(node.func):
            yield node, id(node) in inner


def _is_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _FUNCTIONS
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


def _written_in_functions(module: ModuleType) -> Iterator[tuple[int, str]]:
    for call, is_in_function in calls_of_re(module):
        written = call.args[0] if call.args else None
        if is_in_function and isinstance(written, ast.Constant) and isinstance(written.value, str):
            yield call.lineno, written.value


def bad_texts(pattern: "re.Pattern[str]", size: int) -> Iterator[str]:
    """Texts of `size` characters made of what the pattern looks for, with an end that it does not."""
    pieces = list(dict.fromkeys(_literals(parser.parse(pattern.pattern, pattern.flags))))[:MAX_PREFIXES]
    for filler in (*FILLERS, *pieces):
        yield (filler * (size // len(filler) + 1))[:size] + END
    for piece in pieces:
        for filler in (" ", "a", "\n", ".", "a "):
            yield (piece + filler * (size // len(filler)))[:size] + END
        yield ((piece + " " * 50) * (size // (len(piece) + 50) + 1))[:size] + END


def _literals(parsed: object) -> Iterator[str]:
    """Runs of literal characters in a parsed pattern."""
    run = ""
    for operation, argument in parsed:  # type: ignore[attr-defined]
        if operation is parser.LITERAL:
            run += chr(argument)
            continue
        if run:
            yield run
        run = ""
        yield from _literals_below(argument)
    if run:
        yield run


def _literals_below(argument: object) -> Iterator[str]:
    if isinstance(argument, parser.SubPattern):
        yield from _literals(argument)
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _literals_below(part)


def seconds(work: Callable[[], object], repeats: int = 1) -> float:
    """Processor seconds that a call takes, the least of several: other processes do not count."""
    taken: list[float] = []
    for _ in range(repeats):
        started = time.thread_time()
        work()
        taken.append(time.thread_time() - started)
    return min(taken)


def growth(
    work_on: Callable[[int], Callable[[], object]], sizes: tuple[int, int, int] = (10 * KB, 20 * KB, 40 * KB)
) -> tuple[float, float]:
    """How many times as long twice the text takes, and four times compared with twice; again where that looks bad."""
    ratios = (0.0, 0.0)
    for repeats in (2, 4, 8):
        one, two, four = (seconds(work_on(size), repeats) for size in sizes)
        ratios = (two / max(one, 1e-6), four / max(two, 1e-6))
        if max(ratios) <= MAX_GROWTH:
            break
    return ratios
