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
        # Asked, not told: nothing happens when a pause is over and no work is there to probe.
        metrics.breaker_open.labels(name).set_function(lambda: float(self.is_open))

    @property
    def is_open(self) -> bool:
        """Whether a call would be held back now."""
        return self._open_until is not None and (self._open_until > self._clock() or self._probing)

    @property
    def remaining(self) -> float:
        """Seconds for which calls will be held back."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._clock())

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
            self._failed(error.retry_after)
            if error.retry_after is not None:
                raise self._held(error.retry_after) from error
            raise
        except AccessRefusedError as error:
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

    def _held(self, seconds: float) -> WorkError:
        if self._refusal is not None:
            return AccessRefusedError(str(self._refusal), public=self._refusal.public)
        if seconds > MAX_HOLD:
            return TransientError(f"{self._name} is not to be called for {seconds:.0f} s", retry_after=seconds)
        return UnavailableError(f"{self._name} is held back", retry_after=max(seconds, 0.1))

    def _failed(self, retry_after: float | None) -> None:
        self._failures += 1
        if retry_after is None and self._failures < self._threshold:
            return
        pause = min(self._longest, self._first * 2**self._openings) if retry_after is None else retry_after
        self._openings = min(self._openings + 1, 16)
        self._open_until = max(self._open_until or 0.0, self._clock() + pause)

    def _answered(self) -> None:
        self._failures = self._openings = 0
        self._open_until = self._refusal = None
