"""The turn to ask arXiv: one process at a time has it, and it keeps its distance."""

import asyncio
from functools import partial
from itertools import pairwise

from scribe.arxiv.client import ResultPage
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.pull import pull
from scribe.common.messaging.streams import ARXIV, TURNS
from tests.integration.arxiv.conftest import Arxiv, Desk, page
from tests.support.waiting import eventually


async def is_answered(desk: Desk, name: str) -> bool:
    """Whether an author's answer is there."""
    return await desk.answer(name) is not None


async def test_one_process_at_a_time_has_the_turn(desk: Desk, broker: Broker) -> None:
    await desk.asker(Arxiv(page())).turns.make()
    (turn,) = await pull(broker, TURNS, ARXIV, 1)
    assert await pull(broker, TURNS, ARXIV, 1, wait=0.3) == []
    await turn.nak()
    assert len(await pull(broker, TURNS, ARXIV, 1, wait=1.0)) == 1


async def test_turns_keep_their_distance_by_the_servers_clock(desk: Desk) -> None:
    interval, times = 0.3, []

    class Watched(Arxiv):
        async def search(self, query: str, limit: int) -> ResultPage:
            times.append(asyncio.get_running_loop().time())
            return await super().search(query, limit)

    askers = [desk.asker(Watched(page()), interval) for _ in range(3)]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(asker.run()) for asker in askers]
        for number in range(6):
            await desk.ask(f"Ada {'abcdef'[number]}xample")
            await eventually(partial(is_answered, desk, f"Ada {'abcdef'[number]}xample"))
        for task in running:
            task.cancel()

    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) >= interval - 0.005


async def test_a_turn_that_was_lost_is_made_again_and_rests_first(desk: Desk, broker: Broker) -> None:
    asker = desk.asker(Arxiv(page()), interval=0.2)
    await asker.turns.make()
    await broker.js.purge_stream(TURNS)
    await asker.turns.make()
    assert await asker.turns.take() is None
    assert await asker.turns.take() is not None
