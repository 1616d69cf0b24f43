"""How long to wait before another attempt: exponential, with full jitter."""

from collections.abc import Callable

Jitter = Callable[[float, float], float]
"""`random.uniform`, or a stand-in for it in tests."""

FIRST_DELAY = 1.0
MAX_DELAY = 16.0


def retry_delay(attempt: int, uniform: Jitter, *, first: float = FIRST_DELAY, longest: float = MAX_DELAY) -> float:
    """Seconds to wait after `attempt` (from 1) has failed: uniform over 0..ceiling, at least a tenth of `first`.

    The ceiling doubles from `first` with every attempt up to `longest`. Full jitter spreads the retries of work that
    failed together (AWS Architecture Blog, "Exponential Backoff And Jitter").
    """
    ceiling = min(longest, first * 2 ** min(attempt - 1, 16))
    return max(first / 10, uniform(0.0, ceiling))
