"""arXiv as a task sees it: an answer, or the time after which to try again."""

import asyncio
import math
from dataclasses import dataclass
from typing import Protocol

from scribe.arxiv.answers import Answer, Answers
from scribe.arxiv.asking import MAX_AUTHORS_PER_REQUEST
from scribe.arxiv.lookups import Lookup, Lookups
from scribe.common.errors import DeferredError
from scribe.common.http.breaker import Breaker

GRACE = (0.2, 0.3, 0.5)
"""Seconds between attempts to read an answer that may be about to come: cheaper than leaving the pipeline."""
REQUEST_SECONDS = 1.0
"""Seconds that arXiv usually takes to answer."""
MIN_WAIT = 1.0
NOT_ANSWERING = "arXiv does not answer at the moment. This e-mail waits, and is written without papers if that lasts."


class PaperLibrary(Protocol):
    """What the step needs: an author's records.

    Raises DeferredError where they are still being asked for, UnavailableError where NATS is away.
    """

    async def look_up(self, lookup: Lookup) -> Answer: ...


@dataclass(frozen=True)
class SharedLibrary:
    """The answers that all pods share. A missing one is asked for once, however many tasks want it."""

    lookups: Lookups
    answers: Answers
    interval: float
    breaker: Breaker

    async def look_up(self, lookup: Lookup) -> Answer:
        """The answer.

        Raises:
            DeferredError: it has still to come. UnavailableError: NATS is away.
        """
        answer = await self.answers.get(lookup.key)
        if answer is not None:
            return answer
        await self.lookups.ask(lookup)
        position = await self.lookups.position(lookup)
        for pause in GRACE if position <= MAX_AUTHORS_PER_REQUEST else ():
            await asyncio.sleep(pause)
            answer = await self.answers.get(lookup.key)
            if answer is not None:
                return answer
        raise self._later(position)

    def _later(self, position: int) -> DeferredError:
        failure, wait = self.breaker.failure, self._wait(position)
        if failure is None:
            return DeferredError("arXiv has not answered yet", retry_after=wait, position=position)
        return DeferredError(failure, retry_after=wait, position=position, notice=NOT_ANSWERING)

    def _wait(self, position: int) -> float:
        """Seconds until an author at this place is answered, when arXiv answers."""
        return max(MIN_WAIT, math.ceil(position / MAX_AUTHORS_PER_REQUEST) * (self.interval + REQUEST_SECONDS))
