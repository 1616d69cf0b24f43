"""The outcomes of a delivery; `settlement` decides which one it is, and carries it out."""

from dataclasses import dataclass
from typing import ClassVar

from scribe.common.errors import DeferredError, UnavailableError, UnreadableMessageError
from scribe.common.tasks.data import PipelineData


@dataclass(frozen=True)
class Finished:
    """The step has returned."""

    name: ClassVar[str] = "finished"

    data: PipelineData


@dataclass(frozen=True)
class Retry:
    """The same message is delivered again after `delay` seconds; `failures` attempts at it have ended so."""

    name: ClassVar[str] = "retried"

    data: PipelineData
    error: BaseException
    delay: float
    failures: int = 1


@dataclass(frozen=True)
class Postpone:
    """The message leaves the consumer and comes back through the relay after `delay` seconds; `failures` attempts at
    its step have ended so.
    """

    name: ClassVar[str] = "postponed"

    data: PipelineData
    error: BaseException
    delay: float
    failures: int = 1


@dataclass(frozen=True)
class Failed:
    """No further attempt is made."""

    name: ClassVar[str] = "failed"

    data: PipelineData
    error: BaseException


@dataclass(frozen=True)
class Cancelled:
    """The user does not want the e-mail any more."""

    name: ClassVar[str] = "cancelled"

    data: PipelineData


@dataclass(frozen=True)
class Released:
    """A dependency of all work stayed away; the task comes back through the relay as if it had not been delivered.

    Not by a nak: the server counts deliveries, and a released message would look like one that crashes its worker.
    """

    name: ClassVar[str] = "released"

    data: PipelineData
    error: UnavailableError
    failures: int = 0


@dataclass(frozen=True)
class Deferred:
    """What the task needs is being fetched: it leaves the pipeline and comes back through the relay, uncounted."""

    name: ClassVar[str] = "deferred"

    data: PipelineData
    error: DeferredError


@dataclass(frozen=True)
class Unreadable:
    """The body is no PipelineData that this version can read."""

    name: ClassVar[str] = "unreadable"

    error: UnreadableMessageError


Outcome = Finished | Retry | Postpone | Failed | Cancelled | Released | Deferred | Unreadable
