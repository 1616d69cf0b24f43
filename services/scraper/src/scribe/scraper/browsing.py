"""What may be spent on a page, and what may go wrong with it or its browser."""

from dataclasses import dataclass

LAUNCH_TIMEOUT = 30.0
CLOSE_TIMEOUT = 5.0


@dataclass(frozen=True)
class Limits:
    """What reading a page may cost, and as whom."""

    seconds: float
    max_bytes: int
    user_agent: str


class PageError(Exception):
    """The page cannot be read; the text is the outcome in the metrics."""


class StuckError(Exception):
    """The browser does not answer any more."""


class LaunchError(Exception):
    """The browser or its driver did not start; the cause is the driver's error."""
