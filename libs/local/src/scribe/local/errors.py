"""What can go wrong on one machine. The text is for the person at the keyboard: what is so, and what to do."""


class LocalError(Exception):
    """The command cannot go on; its text is all that the user sees."""


class PortInUseError(LocalError):
    """Somebody listens on the wanted port already; another port may do."""


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error of a group that says most: one of ours before an end that followed from it."""
    leaves = _leaves(group)
    return next((leaf for leaf in leaves if isinstance(leaf, LocalError)), leaves[0])


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves.extend(_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    return leaves
