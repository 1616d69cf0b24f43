"""The log events that the sources hold, found in their syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("libs/common/src", "services", "migrations/src")
LEVELS = ("debug", "info", "warning", "error")


AS_LOGGED = {"exc_info": "stack"}
"""What the formatter writes in place of an argument."""


@dataclass(frozen=True)
class LogEvent:
    """One call of a logger. `fields` are the names that its keyword arguments have in the line."""

    name: str
    level: str
    fields: frozenset[str]
    process: str
    place: str


def log_events() -> Iterator[LogEvent]:
    """Every call of a logger in what runs in production.

    Raises:
        AssertionError: an event has no constant name.
    """
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _is_logging(node.func):
                    yield _event(node, path)


def _is_logging(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute) or function.attr not in (*LEVELS, "exception", "critical"):
        return False
    logger = function.value
    name = logger.attr if isinstance(logger, ast.Attribute) else logger.id if isinstance(logger, ast.Name) else ""
    return name.removeprefix("_") in ("log", "logger")


def _event(call: ast.Call, path: Path) -> LogEvent:
    place = f"{path.relative_to(ROOT)}:{call.lineno}"
    assert isinstance(call.func, ast.Attribute)
    assert call.args, place
    name = call.args[0]
    assert isinstance(name, ast.Constant), f"{place}: an event's name is constant"
    assert isinstance(name.value, str), place
    fields = frozenset(AS_LOGGED.get(keyword.arg or "**", keyword.arg or "**") for keyword in call.keywords)
    return LogEvent(name.value, call.func.attr, fields, path.relative_to(ROOT).parts[1], place)
