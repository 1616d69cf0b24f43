"""Requests to arXiv: one at a time over all pods, each for many of the authors that wait."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote_plus

import nats.errors

from scribe.arxiv.answers import Answer, Answers
from scribe.arxiv.client import PaperSource, ResultPage
from scribe.arxiv.distribution import distribute
from scribe.arxiv.lookups import Lookup, Lookups, TakenLookup
from scribe.arxiv.transport import AnswerTooLargeError
from scribe.arxiv.turns import Turns
from scribe.common.errors import PermanentError, TransientError, UnavailableError
from scribe.common.http.breaker import Breaker
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import ArxivMetrics
from scribe.common.process.concurrency import map_concurrently

MAX_AUTHORS_PER_REQUEST = 25
MAX_QUERY = 5_000
"""Characters of an encoded query; arXiv answers 414 to addresses of about 8 kB."""
MAX_RECORDS = 1_000
"""arXiv asks to refine queries that return more."""
RECORDS_PER_AUTHOR = 200
MIN_RECORDS = 25
GATHERING = 0.1
"""Share of an interval for which a request waits for more authors to join the first one."""
IDLE_WAIT = 10.0
PAUSE_WHILE_AWAY = 1.0
RECORD_ERRORS = (ArithmeticError, LookupError, RecursionError, ValueError)
"""What a record of a form that nobody foresaw can raise; it must cost only its own author."""

Distribute = Callable[[Sequence[Lookup], ResultPage], list[Answer | None]]


@dataclass
class Asker:
    """Waits for the turn, takes the longest waiting lookups, asks, and stores the answers. Every pod runs one.

    What it takes and cannot answer stays in the queue: a lookup is acknowledged when its answer is stored.
    """

    turns: Turns
    lookups: Lookups
    answers: Answers
    source: PaperSource
    breaker: Breaker
    interval: float
    metrics: ArxivMetrics
    log: Logger
    distribute: Distribute = distribute
    records: int = field(default=MAX_RECORDS, init=False)
    """What the next request may ask for; halved when arXiv refuses one or answers too much, doubled by an answer."""

    async def run(self) -> None:
        """Use every turn, until cancelled."""
        while True:
            try:
                await self.turn()
            except UnavailableError as error:
                self.log.warning("arxiv_turn_waits", reason=str(error))
                await asyncio.sleep(PAUSE_WHILE_AWAY)

    async def turn(self) -> None:
        """Wait for the turn and use it.

        Raises:
            UnavailableError: NATS is away.
        """
        turn = await self.turns.take()
        if turn is None:
            return
        rest = 0.0
        try:
            rest = self.breaker.remaining
            batch = await self._batch() if not rest else []
            if batch:
                rest = self.interval
                page = await self._ask(batch)
                rest = max(rest, self.breaker.remaining)
        finally:
            await self.turns.give_back(turn, rest)
        if batch and page:
            await self._answer(batch, page)

    async def _batch(self) -> list[TakenLookup]:
        """The longest waiting lookups that fit into one query, without those that are answered already."""
        first = await self.lookups.take(1, wait=IDLE_WAIT)
        most = max(1, self.records * MAX_AUTHORS_PER_REQUEST // MAX_RECORDS)
        more: list[TakenLookup] = []
        if first and most > 1:
            await asyncio.sleep(self.interval * GATHERING)
            more = await self.lookups.take(most - 1)
        taken = (*first, *more)
        batch: list[TakenLookup] = []
        for asked, is_over in zip(taken, await _for_each(self._is_over, taken), strict=True):
            if is_over:
                continue
            if len(_encoded([*batch, asked])) > MAX_QUERY and batch:
                await _return(asked)
            else:
                batch.append(asked)
        return batch

    async def _is_over(self, asked: TakenLookup) -> bool:
        """Whether nothing is to be asked for this lookup, which is acknowledged then."""
        is_over = not asked.lookup.clause or await self.answers.get(asked.lookup.key) is not None
        if is_over:
            await _settle(asked)
        return is_over

    async def _ask(self, batch: Sequence[TakenLookup]) -> ResultPage | None:
        limit = min(self.records, RECORDS_PER_AUTHOR * len(batch))
        self.metrics.authors.observe(len(batch))
        try:
            with self.breaker.admit():
                page = await self.source.search(_query(batch), limit)
        except asyncio.CancelledError:
            await self._return_all(batch)
            raise
        except (TransientError, UnavailableError) as error:
            self.log.warning("arxiv_without_answer", reason=str(error), authors=len(batch))
            await self._return_all(batch)
            return None
        except PermanentError as error:
            self.log.warning("arxiv_refused", reason=str(error), authors=len(batch))
            await self._refused(batch, error)
            return None
        if page.unreadable:
            self.log.warning("arxiv_records_unreadable", count=page.unreadable)
        return page

    async def _refused(self, batch: Sequence[TakenLookup], error: Exception) -> None:
        """Halve the next request, down to one author and few records; a lookup that is refused even so is answered."""
        is_least = len(batch) == 1 and (self.records <= MIN_RECORDS or not isinstance(error, AnswerTooLargeError))
        if is_least:
            await self._keep(batch[0], Answer(is_complete=False, is_refused=True))
            self.records = MAX_RECORDS
            return
        self.records = max(MIN_RECORDS, self.records // 2)
        await self._return_all(batch)

    async def _answer(self, batch: Sequence[TakenLookup], page: ResultPage) -> None:
        """Store the answer for each author; those whose records may be missing from a cut page go back to the queue."""
        try:
            answers = await asyncio.to_thread(self.distribute, [asked.lookup for asked in batch], page)
        except RECORD_ERRORS as error:
            self.log.error("arxiv_answer_unusable", error_class=type(error).__name__, exc_info=error)
            await self._refused(batch, error)
            return
        await _for_each(self._keep_or_return, zip(batch, answers, strict=True))
        self.records = min(MAX_RECORDS, self.records * 2)

    async def _keep_or_return(self, answered: tuple[TakenLookup, Answer | None]) -> None:
        asked, answer = answered
        if answer is None:
            await _return(asked)
        else:
            await self._keep(asked, answer)

    async def _keep(self, asked: TakenLookup, answer: Answer) -> None:
        """Store an answer; its lookup is acknowledged afterwards."""
        outcome = "refused" if answer.is_refused else "complete" if answer.is_complete else "partial"
        await self.answers.put(asked.lookup.key, answer)
        self.metrics.lookups.labels(outcome).inc()
        await _settle(asked)

    async def _return_all(self, batch: Sequence[TakenLookup]) -> None:
        for asked in batch:
            await _return(asked)


_for_each = partial(map_concurrently, limit=MAX_AUTHORS_PER_REQUEST)
"""Where NATS is slow, one author after the other would take longer than arXiv's interval."""


def _query(batch: Sequence[TakenLookup]) -> str:
    return " OR ".join(asked.lookup.clause for asked in batch)


def _encoded(batch: Sequence[TakenLookup]) -> str:
    return quote_plus(_query(batch))


async def _settle(asked: TakenLookup) -> None:
    with suppress(nats.errors.Error, OSError):
        await asked.message.ack_sync()


async def _return(asked: TakenLookup) -> None:
    with suppress(nats.errors.Error, OSError):
        await asked.message.nak()
