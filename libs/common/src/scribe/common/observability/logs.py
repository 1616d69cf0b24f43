"""JSON logs: one object a line on stderr, with the trace it belongs to.

One wide event per delivery or request carries what happened; prompts, names and e-mail addresses are never given to a
logger, and of an exception its class and its stack are logged, never its text: a validation error quotes what it failed
on, a database error the row. The standard library's loggers (uvicorn, nats) go through the same formatter, and never
below `warning`: what a client of a model calls debugging is the prompt, and arXiv's tells the author's name with each
request.
`docs/reference/logs.md` lists the events.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from functools import partial

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from scribe.common.settings import Settings

Logger = FilteringBoundLogger

MAX_FRAMES = 12


def configure(settings: Settings, service: str) -> Logger:
    """Set up logging for this process and return its logger."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        partial(_add_service, service),
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        _tell_stack,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _route_standard_library(shared, renderer, level)
    logger: Logger = structlog.get_logger()
    return logger


def _add_service(service: str, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["service"] = service
    return event


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
        event["span_id"] = f"{context.span_id:016x}"
    return event


def _tell_stack(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its stack and its causes, without any of their messages."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.setdefault("error_class", type(error).__name__)
        event["stack"] = list(_stack(error))
    return event


def _stack(error: BaseException | None) -> Iterator[str]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        for frame in traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]:
            yield f"{frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__
        if error is not None:
            yield f"after {type(error).__name__}"


def _route_standard_library(shared: list[Processor], renderer: Processor, level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
