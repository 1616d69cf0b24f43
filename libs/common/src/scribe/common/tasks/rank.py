"""The logical order of a task's states, as one integer that Postgres compares.

A rank is (run, terminal, step, attempt, phase), the most significant first. It does not depend on the order in which
events arrive: the projector writes a state only where its rank is above the row's, so redelivered, reordered and late
events change nothing. Within a run a failure outranks every other state; a newer run outranks an older one's failure;
a task that its user cancelled stays so until it is tried again; and a written e-mail outranks all.

Ranks are stored in rows, and contain the position of their step. When a step is inserted, those after it move up by
one, so that their states outrank what rows hold of them from before. While gateways of both versions run, one of the
old version may rank a state of a moved step below the row's and leave it out: the step that is shown then lags until
the next state. No end is lost: a failure, a cancellation, the next run and a written e-mail outrank every state of
every position. There is room for eight positions.
"""

from enum import IntEnum

from scribe.common.tasks.steps import Step

_PHASE_BITS, _ATTEMPT_BITS, _STEP_BITS = 4, 12, 3
_ATTEMPT_SHIFT = _PHASE_BITS
_STEP_SHIFT = _ATTEMPT_SHIFT + _ATTEMPT_BITS
_TERMINAL_SHIFT = _STEP_SHIFT + _STEP_BITS
_RUN_SHIFT = _TERMINAL_SHIFT + 1

CANCELLED_RANK = 1 << 61
COMPLETED_RANK = 1 << 62


class Phase(IntEnum):
    """How far a delivery is within its step. The values are stored in rows. A failure is ranked by its terminal bit.

    RETRYING was 2 in the release before: a gateway of that release may leave the retrying of a held delivery out.
    """

    QUEUED = 0
    STARTED = 1
    HELD = 2
    FAILED = 3
    RETRYING = 4


def state_rank(run: int, step: Step, attempt: int, phase: Phase) -> int:
    """The rank of one state; fits a bigint for runs below 2**30.

    `attempt` counts deliveries from 1, 0 meaning not yet delivered; it saturates at 4095.
    """
    bounded = min(attempt, (1 << _ATTEMPT_BITS) - 1)
    terminal = phase is Phase.FAILED
    return (
        (run << _RUN_SHIFT)
        | (terminal << _TERMINAL_SHIFT)
        | (step.position << _STEP_SHIFT)
        | (bounded << _ATTEMPT_SHIFT)
        | phase
    )


def rank_before(run: int) -> int:
    """The rank above every state of earlier runs and below each state of `run`, also when it begins again at the first
    step.
    """
    return (run << _RUN_SHIFT) - 1
