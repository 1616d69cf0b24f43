"""The composer's step writes one e-mail for a task, and pays for it once."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from scribe.common.errors import CancelledTaskError, PermanentError
from scribe.common.models.prompts import load_prompt
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.composer.drafting import Writer
from scribe.composer.metadata import FinishedEmail
from scribe.composer.step import Composer
from tests.support.checking import checker_saying
from tests.support.models import Said, Script, scripted
from tests.support.writing import GOOD, ready_task


@dataclass
class EmailsInMemory:
    """A store in memory; `cancelled` refuses every e-mail."""

    written: dict[UUID, tuple[UUID, FinishedEmail]] = field(default_factory=dict)
    cancelled: bool = False

    async def as_submitted(self, data: PipelineData) -> PipelineData:
        written = self.written.get(data.task_id)
        return data.model_copy(update={"email_id": written[0] if written else None})

    async def write(self, data: PipelineData, email: FinishedEmail) -> UUID:
        if self.cancelled:
            raise CancelledTaskError("cancelled")
        return self.written.setdefault(data.task_id, (uuid4(), email))[0]


def composer(*answers: Said, emails: EmailsInMemory | None = None) -> tuple[Composer, EmailsInMemory, Script]:
    model, script = scripted(*answers)
    store = emails or EmailsInMemory()
    writer = Writer(model, load_prompt("scribe.composer.prompts", "compose"), checker_saying()[0])
    ticks = iter(range(100))
    return Composer(writer, store, Metrics().grounding, lambda: float(next(ticks))), store, script


async def test_the_email_is_written_and_the_task_names_it() -> None:
    working, store, _ = composer({"body": GOOD})
    data = ready_task()
    result = await working(data)
    email_id, email = store.written[data.task_id]
    assert result.email_id == email_id
    assert email.message == GOOD
    assert result.prompt_versions[Step.COMPOSER] == "compose-3, check-2"
    assert result.usage[Step.COMPOSER].calls == 2
    assert {role: usage.calls for role, usage in result.role_usage.items()} == {"composer": 1, "checker": 1}
    usage = email.metadata["usage"]
    assert isinstance(usage, dict)
    assert usage["roles"]["checker"]["calls"] == 1


async def test_a_redelivery_neither_writes_nor_pays_again() -> None:
    working, _, script = composer({"body": GOOD})
    data = ready_task()
    first = await working(data)
    second = await working(data)
    assert first.email_id == second.email_id
    assert len(script.prompts) == 1


async def test_an_email_that_fails_its_checks_is_not_written() -> None:
    working, store, _ = composer({"body": "Dear Dr. Smith,"})
    with pytest.raises(PermanentError):
        await working(ready_task())
    assert store.written == {}


async def test_a_cancelled_task_gets_no_email() -> None:
    working, _, _ = composer({"body": GOOD}, emails=EmailsInMemory(cancelled=True))
    with pytest.raises(CancelledTaskError):
        await working(ready_task())


async def test_without_research_the_email_is_still_written_but_not_confident() -> None:
    bare = GOOD.replace(
        " Your 2017 paper “Entanglement of Superfluid Helium” showed me that entropy can follow an area law.", ""
    )
    working, store, _ = composer({"body": bare})
    data = ready_task(research=None, papers=None)
    await working(data)
    assert store.written[data.task_id][1].is_confident is False


async def test_a_task_without_the_parsers_part_fails_for_good() -> None:
    working, _, _ = composer({"body": GOOD})
    with pytest.raises(PermanentError):
        await working(ready_task(parsed=None))


async def test_a_name_that_is_none_fails_with_a_sentence_about_the_name() -> None:
    working, _, _ = composer({"body": GOOD})
    with pytest.raises(PermanentError, match="name is none") as raised:
        await working(ready_task(recipient_name="123 !!"))
    assert "name" in raised.value.public
