"""Every error that crosses a module's border, named by what its catcher does next.

ScribeError
├── ConfigurationError      an operator changes a setting; the process says so and exits
├── WorkError               raised by a step; settlement decides by its class
│   ├── TransientError      the same step is worth another attempt, after `retry_after` seconds
│   ├── PermanentError      no attempt will help: the item fails with the `public` sentence
│   ├── UnavailableError    something all work needs is away: hold the message, spend no attempt
│   │   └── AccessRefusedError  a service refuses the operator's key or account; an operator has to act
│   ├── DeferredError       what this task needs is being fetched: it leaves the pipeline and comes back, uncounted
│   └── CancelledTaskError  the user cancelled the task: stop and write nothing
└── UnreadableMessageError  a body of no known schema, or of a task that its user does not have: dead letter as it is
"""


class ScribeError(Exception):
    """The root of the tree."""


class ConfigurationError(ScribeError):
    """The process cannot run as it is configured; the text says what to change."""


class WorkError(ScribeError):
    """A step did not finish.

    `str(error)` is for engineers and holds no personal data; `public` is one sentence that the user reads when the task
    has failed, `notice` one for as long as it waits and goes on by itself; `code` is the status that a service answered
    with, or the class of the fault, where the error is about a call.
    """

    default_public = "Something went wrong while this e-mail was being written."
    notice: str | None = None

    def __init__(self, message: str, *, public: str | None = None, code: str = "") -> None:
        super().__init__(message)
        self.public = public or self.default_public
        self.code = code


class TransientError(WorkError):
    """Another attempt may succeed. `retry_after` is in seconds, where the other side named it."""

    default_public = "A service that Scribe depends on did not answer in time. You can try this e-mail again."
    notice = "A service that Scribe depends on does not answer in time. This e-mail is tried again by itself."

    def __init__(
        self, message: str, *, retry_after: float | None = None, public: str | None = None, code: str = ""
    ) -> None:
        super().__init__(message, public=public, code=code)
        self.retry_after = retry_after


class PermanentError(WorkError):
    """No further attempt can succeed with this input."""


class UnavailableError(WorkError):
    """A dependency of all work is away; work resumes when it returns. `retry_after` is in seconds."""

    notice = "Writing is paused: a service that Scribe depends on does not answer. It goes on by itself."

    def __init__(self, message: str, *, retry_after: float = 1.0, public: str | None = None, code: str = "") -> None:
        super().__init__(message, public=public, code=code)
        self.retry_after = retry_after


class AccessRefusedError(UnavailableError):
    """A service refuses Scribe's key, or its account is empty. All work that needs it is held until that is mended."""

    default_public = "Writing is paused: a service that Scribe depends on refuses its access. Its operator has to act."
    notice = default_public

    def __init__(self, message: str, *, public: str | None = None, code: str = "") -> None:
        super().__init__(message, retry_after=60.0, public=public, code=code)


class DeferredError(WorkError):
    """What this task waits for is being fetched; it comes back after `retry_after` seconds, and nothing is counted.

    `position` is the task's place among all that wait for the same, from 1; `notice` says why it waits longer than its
    place explains.
    """

    def __init__(self, message: str, *, retry_after: float, position: int, notice: str | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.position = position
        self.notice = notice

    def after(self, seconds: float) -> "DeferredError":
        """A copy that comes back after `seconds`."""
        return DeferredError(str(self), retry_after=seconds, position=self.position, notice=self.notice)


class CancelledTaskError(WorkError):
    """The user has cancelled the task; nothing more of it is to be written."""

    default_public = "Cancelled."


class UnreadableMessageError(ScribeError):
    """A message whose body this version cannot read."""


def leaves_of(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The errors of a group and of the groups within it."""
    return [
        leaf
        for error in group.exceptions
        for leaf in (leaves_of(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]


def public_sentence(error: BaseException) -> str:
    """What the user reads of an error; nothing of an unforeseen one's text."""
    return error.public if isinstance(error, WorkError) else WorkError.default_public


def notice_of(error: BaseException | None) -> str | None:
    """What the user reads for as long as the task waits because of an error; None where there is nothing to say."""
    return error.notice if isinstance(error, WorkError) else None


def cause_of(error: BaseException | None) -> str | None:
    """What an engineer reads of an error; of an unforeseen one only its class, for its text may hold anything."""
    if error is None:
        return None
    return str(error) if isinstance(error, WorkError) else type(error).__name__
