"""What can go wrong on one machine. The text is for the person at the keyboard: what is so, and what to do."""


class LocalError(Exception):
    """The command cannot go on; its text is all that the user sees."""


class PortInUseError(LocalError):
    """Somebody listens on the wanted port already; another port may do."""
