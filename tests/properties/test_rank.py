"""The projection rank: whatever the order of arrival, the same state remains."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scribe.common.tasks.rank import CANCELLED_RANK, COMPLETED_RANK, Phase, rank_before, state_rank
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step

runs = st.integers(min_value=1, max_value=2**30 - 1)
steps = st.sampled_from(tuple(ROUTE))
attempts = st.integers(min_value=0, max_value=100_000)
states = st.tuples(runs, steps, attempts, st.sampled_from(Phase))


@given(states)
def test_rank_fits_a_bigint_and_stays_below_the_terminal_ranks(state: tuple[int, Step, int, Phase]) -> None:
    assert 0 < state_rank(*state) < CANCELLED_RANK < COMPLETED_RANK < 2**63


@given(states, states)
def test_a_newer_run_outranks_an_older_one(
    one: tuple[int, Step, int, Phase], other: tuple[int, Step, int, Phase]
) -> None:
    if one[0] < other[0]:
        assert state_rank(*one) < state_rank(*other)


@given(runs, steps, attempts, steps, attempts, st.sampled_from([Phase.QUEUED, Phase.STARTED, Phase.RETRYING]))
def test_a_failure_outranks_every_other_state_of_its_run(
    run: int, step: Step, attempt: int, other_step: Step, other_attempt: int, phase: Phase
) -> None:
    assert state_rank(run, step, attempt, Phase.FAILED) > state_rank(run, other_step, other_attempt, phase)


@given(runs.filter(lambda run: run > 1), states)
def test_what_begins_a_run_lies_between_the_runs_before_and_all_of_its_states(
    run: int, state: tuple[int, Step, int, Phase]
) -> None:
    assert (state_rank(*state) > rank_before(run)) == (state[0] >= run)


@given(runs, st.sampled_from(tuple(ROUTE)[:-1]), attempts)
def test_reaching_the_next_step_outranks_every_attempt_of_this_one(run: int, step: Step, attempt: int) -> None:
    following = tuple(ROUTE)[step.position + 1]
    assert state_rank(run, following, 0, Phase.QUEUED) > state_rank(run, step, attempt, Phase.RETRYING)


@given(runs, steps, st.integers(min_value=1, max_value=4000))
def test_attempts_of_a_step_are_ordered(run: int, step: Step, attempt: int) -> None:
    queued = state_rank(run, step, 0, Phase.QUEUED)
    started = state_rank(run, step, attempt, Phase.STARTED)
    retrying = state_rank(run, step, attempt, Phase.RETRYING)
    again = state_rank(run, step, attempt + 1, Phase.STARTED)
    assert queued < started < retrying < again


@given(st.lists(states, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_any_order_of_arrival_leaves_the_same_state(
    history: list[tuple[int, Step, int, Phase]], random: Random
) -> None:
    def project(events: list[tuple[int, Step, int, Phase]]) -> int:
        row = 0
        for event in events:
            row = max(row, state_rank(*event))
        return row

    shuffled = [*history, *history]
    random.shuffle(shuffled)
    assert project(shuffled) == project(history)


@given(runs, st.integers(min_value=0, max_value=6), attempts, attempts)
def test_states_of_a_step_that_was_moved_up_outrank_those_from_before_and_no_end(
    run: int, position: int, before: int, after: int
) -> None:
    old, moved = Step("x", "x", position, "x"), Step("x", "x", position + 1, "x")
    was = state_rank(run, old, before, Phase.RETRYING)
    assert was < state_rank(run, moved, after, Phase.QUEUED) < state_rank(run, old, before, Phase.FAILED)
    assert state_rank(run, moved, after, Phase.FAILED) <= rank_before(run + 1) < CANCELLED_RANK < COMPLETED_RANK
