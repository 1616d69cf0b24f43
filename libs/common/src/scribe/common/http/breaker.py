"""Holds back calls to a service that is not answering, so that work waits for it instead of failing against it.

| state     | a call                                 | then                                                      |
|-----------|----------------------------------------|-----------------------------------------------------------|
| closed    | goes through                           | open after `threshold` transient failures in a row, or as |
|           |                                        | soon as the service names a time, or refuses its access   |
| open      | UnavailableError, no attempt is spent  | half open when its time is over                           |
| half open | one goes through, the others are held  | closed by an answer, else open for twice as long          |
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scribe.common.errors import AccessRefusedError, TransientError, UnavailableError, WorkError
from scribe.common.observability.metrics import UpstreamMetrics

MAX_HOLD = 60.0
"""Longest time in seconds for which work is held in a consumer; work that must wait longer is postponed through the
relay.
"""
PROBE_WAIT = 1.0


class Breaker:
    """The breaker of one service in one process. Times are in seconds."""

    def __init__(
        self,
        name: str,
        metrics: UpstreamMetrics,
        *,
        threshold: int = 3,
        first: float = 5.0,
        longest: float = MAX_HOLD,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._threshold = threshold
        self._first = first
        self._longest = longest
        self._clock = clock
        self._failures = 0
        self._openings = 0
        self._open_until: float | None = None
        self._probing = False
        self._refusal: AccessRefusedError | None = None
        self._gauge = metrics.breaker_open
        self._failure: WorkError | None = None
        self._show("")

    @property
    def is_open(self) -> bool:
        """Whether a call would be held back now."""
        return self._open_until is not None and (self._open_until > self._clock() or self._probing)

    @property
    def failure(self) -> str | None:
        """Why the last call failed, in an engineer's words; None where it was answered."""
        return None if self._failure is None else str(self._failure)

    @property
    def remaining(self) -> float:
        """Seconds for which calls will be held back."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._clock())

    def _show(self, code: str) -> None:
        """Have the gauge tell whether the breaker is open for failures with this code.

        Asked, not told: nothing happens when a pause is over and no work is there to probe.
        """
        self._gauge.labels(self._name, code).set_function(lambda: float(self.is_open and self._code == code))

    @property
    def _code(self) -> str:
        return self._failure.code if self._failure else ""

    @contextmanager
    def admit(self) -> Iterator[None]:
        """A block that makes one call. Anything but a TransientError is an answer, and closes the breaker, but for a
        refusal of access, which opens it at once.

        Raises:
            AccessRefusedError: the service has refused Scribe's access, now or when it was asked last.
            UnavailableError: the breaker is open, or the service named a short time to wait.
            TransientError: the call failed, or the service named a time that is too long to hold work for.
        """
        probe = self._enter()
        try:
            yield
        except TransientError as error:
            self._note(error)
            self._failed(error.retry_after)
            if error.retry_after is not None:
                raise self._held(error.retry_after) from error
            raise
        except AccessRefusedError as error:
            self._note(error)
            self._refusal = error
            self._open_until = self._clock() + error.retry_after
            raise
        except WorkError:
            self._answered()
            raise
        else:
            self._answered()
        finally:
            if probe:
                self._probing = False

    def _enter(self) -> bool:
        if self._open_until is None:
            return False
        remaining = self._open_until - self._clock()
        if remaining > 0:
            raise self._held(remaining)
        if self._probing:
            raise self._held(PROBE_WAIT)
        self._probing = True
        return True

    def _note(self, error: WorkError) -> None:
        self._failure = error
        self._show(error.code)

    def _held(self, seconds: float) -> WorkError:
        code = self._code
        if self._refusal is not None:
            return AccessRefusedError(str(self._refusal), public=self._refusal.public, code=code)
        if seconds > MAX_HOLD:
            text = f"{self.failure or self._name}: not to be called for {seconds:.0f} s"
            return TransientError(text, retry_after=seconds, code=code)
        return UnavailableError(f"{self.failure or self._name}: held back", retry_after=max(seconds, 0.1), code=code)

    def _failed(self, retry_after: float | None) -> None:
        self._failures += 1
        if retry_after is None and self._failures < self._threshold:
            return
        pause = min(self._longest, self._first * 2**self._openings) if retry_after is None else retry_after
        self._openings = min(self._openings + 1, 16)
        self._open_until = max(self._open_until or 0.0, self._clock() + pause)

    def _answered(self) -> None:
        self._failures = self._openings = 0
        self._open_until = self._refusal = self._failure = None
