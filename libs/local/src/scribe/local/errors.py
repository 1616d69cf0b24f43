"""Errors of the `scribe` command. Their texts are for the person at the keyboard: what is wrong, and what to do."""

from typing import ClassVar

from scribe.common.errors import leaves_of


class LocalError(Exception):
    """The command cannot go on; its text is all that the user sees, and `exit_code` what a script sees."""

    exit_code: ClassVar[int] = 1


class NotRunningError(LocalError):
    """No platform runs where one was looked for."""

    exit_code = 3


class AbsentError(LocalError):
    """The gateway knows no such thing, or not for this user."""


class BusyError(LocalError):
    """The gateway takes nothing more of this user now; it may be asked again after `retry_after` seconds."""

    def __init__(self, sentence: str, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class PortInUseError(LocalError):
    """The port is in use; another one may be free."""


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The most telling error of a group: a LocalError rather than a cancellation that followed from it."""
    leaves = leaves_of(group)
    return next((leaf for leaf in leaves if isinstance(leaf, LocalError)), leaves[0])
