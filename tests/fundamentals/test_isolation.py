"""A message that ends its worker takes no other along, and only it is counted: workers that die, played by tasks."""

import asyncio
from collections import Counter
from uuid import UUID

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.publisher import ERROR_CLASS, Publisher
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import pipeline_subject
from scribe.common.worker.cancellation import open_cancellations
from scribe.common.worker.holding import Hold
from scribe.common.worker.isolation import Isolation
from scribe.common.worker.redelivery import read_history
from scribe.common.worker.runner import Runner
from scribe.common.worker.settlement import MAX_ALONE
from tests.support.deliveries import headers_at, submit
from tests.support.logging import silent
from tests.support.waiting import eventually


class Killer:
    """A step that ends its process at one task, and needs a while for the others."""

    def __init__(self, poison: UUID) -> None:
        self.poison = poison
        self.died = asyncio.Event()
        self.begun: Counter[UUID] = Counter()

    async def __call__(self, data: PipelineData) -> PipelineData:
        self.begun[data.task_id] += 1
        if data.task_id == self.poison:
            self.died.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0.05)
        return data


async def live_and_die(broker: Broker, step: Killer, concurrency: int) -> bool:
    """One worker's life: it takes what waits, until it has nothing more to do or dies; whether it died."""
    async with open_cancellations(broker) as cancellations:
        runner = Runner(
            step=Step.PARSER,
            work=step,
            hold=Hold(Step.PARSER, 5.0, silent()),
            cancellations=cancellations,
            publisher=Publisher(broker),
            metrics=Metrics().steps,
            log=silent(),
            read_history=lambda delivery, data: read_history(broker.js, delivery, data),
        )
        subscription = await broker.js.pull_subscribe_bind("parser", "PIPELINE")
        try:
            messages = await subscription.fetch(concurrency, timeout=1)
        except TimeoutError:
            return False
        finally:
            await subscription.unsubscribe()
        step.died.clear()
        handling = [asyncio.create_task(runner.handle(Delivery.of(message))) for message in messages]
        await eventually(lambda: step.died.is_set() or all(task.done() for task in handling))
        for task in handling:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
        for message in messages:
            if not message.is_acked:
                await message.nak()
    return True


async def test_a_message_that_ends_its_worker_becomes_a_dead_letter_and_its_neighbours_are_done(broker: Broker) -> None:
    innocent = [await submit(broker) for _ in range(7)]
    poison = await submit(broker)
    step = Killer(poison.task_id)

    while await live_and_die(broker, step, concurrency=8):
        pass

    letter = await headers_at(broker, "DEADLETTER", f"deadletter.parser.{poison.task_id}")
    assert letter[ERROR_CLASS] == "CrashLoopError"
    assert step.begun[poison.task_id] == 1 + MAX_ALONE
    for data in innocent:
        await headers_at(broker, "PIPELINE", pipeline_subject(Step.SCRAPER, data.task_id, 1))
        assert step.begun[data.task_id] <= 2


async def test_nothing_runs_beside_what_runs_alone_and_nothing_new_goes_before_it() -> None:
    isolation, order = Isolation(), list[str]()
    leave = asyncio.Event()

    async def beside(name: str) -> None:
        async with isolation.beside_others():
            order.append(name)
            await leave.wait()

    async def alone() -> None:
        async with isolation.alone():
            order.append("alone")
            await asyncio.sleep(0)
            assert order[-1] == "alone"

    async with asyncio.TaskGroup() as tasks:
        for name in ("first", "second"):
            tasks.create_task(beside(name))
        await asyncio.sleep(0)
        tasks.create_task(alone())
        await asyncio.sleep(0)
        tasks.create_task(beside("late"))
        await asyncio.sleep(0)
        assert order == ["first", "second"]
        leave.set()
    assert order == ["first", "second", "alone", "late"]
