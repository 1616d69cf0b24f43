"""Asking for everybody: who waits is joined, and nothing is asked twice or lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from scribe.arxiv.answers import Answer, Answers
from scribe.arxiv.asking import MAX_AUTHORS_PER_REQUEST, MAX_RECORDS
from scribe.arxiv.client import ResultPage
from scribe.arxiv.distribution import distribute
from scribe.arxiv.lookups import Lookup
from scribe.arxiv.transport import AnswerTooLargeError
from scribe.common.errors import PermanentError, TransientError, UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.pull import pull
from scribe.common.messaging.streams import ASKER, LOOKUPS
from tests.integration.arxiv.conftest import Arxiv, Desk, page


@dataclass(frozen=True)
class WatchedAnswers(Answers):
    """Knows how many reads, and how many writes, were under way at once."""

    now: Counter[str] = field(default_factory=Counter)
    peaks: dict[str, int] = field(default_factory=dict)

    async def get(self, key: str) -> Answer | None:
        """Read."""
        with self.counted("get"):
            return await super().get(key)

    async def put(self, key: str, answer: Answer) -> None:
        """Write."""
        with self.counted("put"):
            await super().put(key, answer)

    @contextmanager
    def counted(self, what: str) -> Iterator[None]:
        """One more is under way."""
        self.now[what] += 1
        self.peaks[what] = max(self.now[what], self.peaks.get(what, 0))
        try:
            yield
        finally:
            self.now[what] -= 1


async def waiting(broker: Broker) -> int:
    """How many lookups are in the queue."""
    return (await broker.js.stream_info(LOOKUPS)).state.messages


async def test_waiting_authors_are_asked_for_in_one_request(desk: Desk, broker: Broker) -> None:
    arxiv = Arxiv(page("Ada Example", "Bo Sample"))
    await desk.ask("Ada Example", "Bo Sample", "Di Nobody")
    await desk.turns_of(desk.asker(arxiv), 1)

    ((query, _),) = arxiv.queries
    assert [name in query for name in ("ada example", "bo sample", "di nobody")] == [True] * 3
    ada, nobody = await desk.answer("Ada Example"), await desk.answer("Di Nobody")
    assert ada is not None
    assert [paper.title for paper in ada.records] == ["A paper by Ada Example"]
    assert nobody is not None
    assert nobody.records == ()
    assert await waiting(broker) == 0


async def test_the_authors_of_a_request_are_not_looked_at_one_after_the_other(desk: Desk, broker: Broker) -> None:
    watched = WatchedAnswers(broker.js)
    names = [f"Ada {letter}xample" for letter in "abcdefgh"]
    await desk.ask(*names)
    await desk.turns_of(replace(desk.asker(Arxiv(page())), answers=watched), 1)

    assert watched.peaks == {"get": len(names), "put": len(names)}
    assert await waiting(broker) == 0


async def test_an_answer_that_cannot_be_stored_costs_its_author_alone(desk: Desk, broker: Broker) -> None:
    @dataclass(frozen=True)
    class Refusing(Answers):
        async def put(self, key: str, answer: Answer) -> None:
            if key == Lookup(name="Ada Example").key:
                raise UnavailableError("not stored")
            await super().put(key, answer)

    await desk.ask("Ada Example", "Bo Sample")
    asker = replace(desk.asker(Arxiv(page())), answers=Refusing(broker.js))
    with pytest.raises(UnavailableError):
        await desk.turns_of(asker, 1)

    assert await desk.answer("Ada Example") is None
    assert await desk.answer("Bo Sample") is not None
    assert await waiting(broker) == 1


async def test_the_same_author_waits_once_whoever_asks(desk: Desk, broker: Broker) -> None:
    await desk.ask("Ada Example", "Prof. Ada Example", "ADA EXAMPLE")
    assert await waiting(broker) == 1


async def test_who_came_first_is_asked_for_first(desk: Desk) -> None:
    arxiv = Arxiv(page())
    names = [f"Ada {chr(97 + n // 26)}{chr(97 + n % 26)}xample" for n in range(MAX_AUTHORS_PER_REQUEST + 5)]
    await desk.ask(*names)
    assert await desk.lookups.position(Lookup(name=names[0])) == 1
    assert await desk.lookups.position(Lookup(name=names[-1])) == len(names)
    await desk.turns_of(desk.asker(arxiv), 1)

    ((query, _),) = arxiv.queries
    asked = [name for name in names if f'"{name.lower()}"' in query]
    assert asked == names[: len(asked)]
    assert len(asked) >= 20
    assert await desk.lookups.position(Lookup(name=names[-1])) == len(names) - len(asked)


async def test_an_author_answered_meanwhile_is_not_asked_for_again(desk: Desk, broker: Broker) -> None:
    arxiv = Arxiv(page("Ada Example"))
    await desk.ask("Ada Example")
    await desk.turns_of(desk.asker(arxiv), 1)
    await desk.ask("Ada Example", "Bo Sample")
    await desk.turns_of(desk.asker(arxiv), 1)

    assert "ada example" not in arxiv.queries[-1][0]
    assert await waiting(broker) == 0


@pytest.mark.parametrize("error", [TransientError("arxiv answered 503"), TransientError("arxiv answered no XML")])
async def test_without_an_answer_nothing_is_kept_and_everybody_stays_in_the_queue(
    desk: Desk, broker: Broker, error: TransientError
) -> None:
    arxiv = Arxiv(error, page("Ada Example"))
    asker = desk.asker(arxiv)
    await desk.ask("Ada Example")
    await desk.turns_of(asker, 1)
    assert await desk.answer("Ada Example") is None
    assert await waiting(broker) == 1

    await desk.turns_of(asker, 1)
    assert await desk.answer("Ada Example") is not None


async def test_what_arxiv_refuses_is_found_by_halves_and_costs_nobody_else(desk: Desk, broker: Broker) -> None:
    class Refusing(Arxiv):
        async def search(self, query: str, limit: int) -> ResultPage:
            self.queries.append((query, limit))
            if "bo sample" in query:
                raise PermanentError("arxiv refused the query")
            return page()

    arxiv = Refusing()
    names = ("Ada Example", "Bo Sample", "Cy Third", "Di Fourth")
    await desk.ask(*names)
    asker = desk.asker(arxiv)
    while await waiting(broker):
        await desk.turns_of(asker, 1)

    answers = [await desk.answer(name) for name in names]
    assert [answer is not None and answer.is_refused for answer in answers] == [False, True, False, False]
    assert len(arxiv.queries) <= 12


async def test_a_record_that_nobody_can_deal_out_costs_its_author_alone(desk: Desk) -> None:
    def strange(lookups: Sequence[Lookup], page: ResultPage) -> list[Answer | None]:
        if any(lookup.name == "Bo Sample" for lookup in lookups):
            raise RecursionError("strange")
        return distribute(lookups, page)

    await desk.ask("Ada Example", "Bo Sample")
    asker = desk.asker(Arxiv(page("Ada Example")), distribute=strange)
    while await desk.answer("Ada Example") is None or await desk.answer("Bo Sample") is None:
        await desk.turns_of(asker, 1)

    ada, bo = await desk.answer("Ada Example"), await desk.answer("Bo Sample")
    assert ada is not None
    assert bo is not None
    assert (ada.is_refused, bo.is_refused) == (False, True)


async def test_an_answer_too_large_is_asked_for_in_smaller_pages(desk: Desk) -> None:
    class Large(Arxiv):
        async def search(self, query: str, limit: int) -> ResultPage:
            self.queries.append((query, limit))
            if limit > 60:
                raise AnswerTooLargeError("too large")
            return page("Ada Example", total=900)

    arxiv = Large()
    await desk.ask("Ada Example")
    asker = desk.asker(arxiv)
    while await desk.answer("Ada Example") is None:
        await desk.turns_of(asker, 1)

    answer = await desk.answer("Ada Example")
    assert answer is not None
    assert (len(answer.records), answer.is_complete, answer.is_refused) == (1, False, False)
    assert asker.records < MAX_RECORDS


async def test_of_a_cut_answer_the_others_are_asked_again_without_who_filled_it(desk: Desk) -> None:
    crowded = page(*(["Yang Liu"] * 9), "Ada Example", total=3000)
    arxiv = Arxiv(crowded, page("Ada Example"))
    await desk.ask("Yang Liu", "Ada Example")
    await desk.turns_of(desk.asker(arxiv), 2)

    assert "yang liu" not in arxiv.queries[1][0]
    liu, ada = await desk.answer("Yang Liu"), await desk.answer("Ada Example")
    assert liu is not None
    assert ada is not None
    assert (liu.is_complete, ada.is_complete) == (False, True)


async def test_lookups_of_a_process_that_died_are_asked_for_by_another(desk: Desk, broker: Broker) -> None:
    await desk.ask("Ada Example")
    (taken,) = await pull(broker, LOOKUPS, ASKER, 1)  # and nothing more is heard of it
    await taken.nak()
    await desk.turns_of(desk.asker(Arxiv(page("Ada Example"))), 1)
    assert await desk.answer("Ada Example") is not None
