"""Backoff: bounded, growing, jittered."""

from hypothesis import given
from hypothesis import strategies as st

from scribe.common.worker.backoff import FIRST_DELAY, MAX_DELAY, retry_delay

attempts = st.integers(min_value=1, max_value=10_000)
fractions = st.floats(min_value=0, max_value=1)


@given(attempts, fractions)
def test_delay_stays_between_a_tenth_of_the_first_and_the_longest(attempt: int, fraction: float) -> None:
    delay = retry_delay(attempt, lambda low, high: low + fraction * (high - low))
    assert FIRST_DELAY / 10 <= delay <= MAX_DELAY


@given(st.integers(min_value=1, max_value=50))
def test_ceiling_never_shrinks_with_attempts(attempt: int) -> None:
    def ceiling(n: int) -> float:
        return retry_delay(n, lambda _low, high: high)

    assert ceiling(attempt) <= ceiling(attempt + 1)
    assert ceiling(1) == FIRST_DELAY


@given(attempts)
def test_jitter_is_full_so_that_work_that_failed_together_spreads(attempt: int) -> None:
    bounds: list[float] = []

    def uniform(low: float, high: float) -> float:
        bounds.extend([low, high])
        return low

    retry_delay(attempt, uniform)
    assert bounds == [0.0, min(MAX_DELAY, FIRST_DELAY * 2 ** min(attempt - 1, 16))]
