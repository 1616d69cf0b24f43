"""The breaker holds work back while a service is away, and lets one call through to see whether it is back."""

from contextlib import suppress

import pytest

from scribe.common.errors import PermanentError, TransientError, UnavailableError, WorkError
from scribe.common.http.breaker import MAX_HOLD, Breaker
from scribe.common.observability.metrics import Metrics


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def breaker(clock: Clock, metrics: Metrics) -> Breaker:
    return Breaker("anthropic", metrics.upstreams, clock=clock)


def fail(breaker: Breaker, retry_after: float | None = None) -> None:
    with breaker.admit():
        raise TransientError("503", retry_after=retry_after)


def fail_quietly(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        with suppress(WorkError):
            fail(breaker)


def answer(breaker: Breaker) -> None:
    with breaker.admit():
        return


def test_a_failed_call_stays_a_transient_error(breaker: Breaker) -> None:
    with pytest.raises(TransientError):
        fail(breaker)
    answer(breaker)


def test_after_three_failures_in_a_row_calls_are_held_and_spend_no_attempt(breaker: Breaker) -> None:
    fail_quietly(breaker, 3)
    with pytest.raises(UnavailableError) as raised:
        answer(breaker)
    assert raised.value.retry_after == pytest.approx(5.0)


def test_an_answer_in_between_starts_the_count_again(breaker: Breaker) -> None:
    fail_quietly(breaker, 2)
    answer(breaker)
    fail_quietly(breaker, 2)
    answer(breaker)


def test_a_permanent_error_is_an_answer(breaker: Breaker) -> None:
    fail_quietly(breaker, 2)
    with pytest.raises(PermanentError), breaker.admit():
        raise PermanentError("400")
    fail_quietly(breaker, 2)
    answer(breaker)


def test_a_time_that_the_service_names_is_obeyed_at_once(breaker: Breaker, clock: Clock) -> None:
    with pytest.raises(UnavailableError) as raised:
        fail(breaker, retry_after=20.0)
    assert raised.value.retry_after == 20.0
    clock.now += 19.0
    with pytest.raises(UnavailableError):
        answer(breaker)
    clock.now += 1.0
    answer(breaker)


def test_a_time_too_long_to_hold_work_for_sends_it_away(breaker: Breaker) -> None:
    with pytest.raises(TransientError) as first:
        fail(breaker, retry_after=MAX_HOLD * 10)
    with pytest.raises(TransientError) as second:
        answer(breaker)
    assert first.value.retry_after == second.value.retry_after == pytest.approx(MAX_HOLD * 10)


def test_one_call_probes_while_the_others_wait(breaker: Breaker, clock: Clock) -> None:
    fail_quietly(breaker, 3)
    clock.now += 5.0
    with breaker.admit(), pytest.raises(UnavailableError):
        answer(breaker)
    answer(breaker)


def test_a_failed_probe_opens_for_twice_as_long(breaker: Breaker, clock: Clock) -> None:
    fail_quietly(breaker, 3)
    clock.now += 5.0
    with pytest.raises(TransientError):
        fail(breaker)
    with pytest.raises(UnavailableError) as raised:
        answer(breaker)
    assert raised.value.retry_after == pytest.approx(10.0)


def test_the_pause_does_not_grow_beyond_what_work_is_held_for(breaker: Breaker, clock: Clock) -> None:
    for _ in range(30):
        fail_quietly(breaker, 3)
        clock.now += MAX_HOLD
    answer(breaker)


def test_a_cancelled_probe_leaves_the_place_to_another(breaker: Breaker, clock: Clock) -> None:
    fail_quietly(breaker, 3)
    clock.now += 5.0
    with suppress(KeyboardInterrupt), breaker.admit():
        raise KeyboardInterrupt
    answer(breaker)


def test_the_gauge_tells_whether_calls_are_held_back(breaker: Breaker, metrics: Metrics, clock: Clock) -> None:
    def gauge() -> float | None:
        return metrics.registry.get_sample_value("scribe_upstream_breaker_open", {"upstream": "anthropic", "cause": ""})

    assert gauge() == 0
    fail_quietly(breaker, 3)
    assert gauge() == 1
    clock.now += 5.0
    with breaker.admit():
        assert gauge() == 1
    assert gauge() == 0


def test_a_pause_that_is_over_holds_nothing_back_though_nobody_has_called_since(
    breaker: Breaker, metrics: Metrics, clock: Clock
) -> None:
    fail_quietly(breaker, 3)
    clock.now += 5.0
    labels = {"upstream": "anthropic", "cause": ""}
    assert metrics.registry.get_sample_value("scribe_upstream_breaker_open", labels) == 0


def test_what_is_held_back_tells_the_status_of_the_last_failure(
    breaker: Breaker, metrics: Metrics, clock: Clock
) -> None:
    def gauges() -> dict[str, float]:
        (open_,) = [metric for metric in metrics.registry.collect() if metric.name == "scribe_upstream_breaker_open"]
        return {sample.labels["cause"]: sample.value for sample in open_.samples}

    for code in ("500", "500", "529"):
        with suppress(TransientError), breaker.admit():
            raise TransientError(f"anthropic answered {code}", code=code)
    with pytest.raises(UnavailableError, match="anthropic answered 529") as held:
        answer(breaker)
    assert held.value.code == "529"
    assert gauges() == {"": 0, "500": 0, "529": 1}
    clock.now += 5.0
    answer(breaker)
    assert gauges() == {"": 0, "500": 0, "529": 0}
    assert breaker.failure is None
