"""A logger for what is noisy by intention."""

import logging

import structlog

from scribe.common.observability.logs import Logger


def silent() -> Logger:
    """Says nothing."""
    logger: Logger = structlog.wrap_logger(
        None, processors=[], wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )
    return logger
