"""The reader: one request with the pages, at most one more, and never a failure for a bad answer."""

import json

import pytest

from scribe.common.errors import TransientError
from scribe.common.models import StructuredModel
from scribe.common.models.prompts import load_prompt
from scribe.common.tasks.data import PipelineData
from scribe.scraper.reader import Reader, Reading
from scribe.scraper.sources import Page
from tests.support.models import scripted
from tests.support.reading import ADA, HOME
from tests.support.tasks import make_task

PROMPT = load_prompt("scribe.scraper.prompts", "read")
PAGE = Page(HOME, "Ada Example", "I am a professor of physics at Nowhere College. My group studies superfluid helium.")
JUDGED = {"passage": "S1.1", "about": "recipient", "site": "own"}
GOOD = {
    "pages": [JUDGED],
    "facts": [{"passages": ["S1.2"], "statement": "Ada Example studies superfluid helium.", "kind": "work"}],
}


async def reading(model: StructuredModel, *pages: Page, data: PipelineData | None = None) -> Reading:
    """What comes of these pages."""
    return await Reader(model, PROMPT, 8_000).read(data or make_task(), ADA, list(pages or (PAGE,)))


async def test_the_request_holds_the_recipient_what_is_wanted_and_the_pages() -> None:
    model, script = scripted(GOOD)
    template = "Sehr geehrte {{title}} {{name}}, ich habe Ihre Arbeit gelesen und möchte gern mehr darüber erfahren."
    await reading(model, data=make_task(email_template=template, recipient_interest="helium\nhttps://evil.example"))
    [asked] = script.prompts
    assert '"name": "Ada Example"' in asked
    assert '"language": "de"' in asked
    assert "S1.2 My group studies superfluid helium." in asked
    assert "evil" not in asked


async def test_facts_come_with_their_usage() -> None:
    model, _ = scripted(GOOD)
    found = await reading(model)
    assert found.verified is not None
    assert [fact.statement for fact in found.verified.facts] == ["Ada Example studies superfluid helium."]
    assert found.usage.calls == 1


@pytest.mark.parametrize(
    "bad",
    [
        "no JSON",
        {"facts": []},
        {"pages": [], "facts": GOOD["facts"]},
        {"pages": [JUDGED], "facts": [{"passages": ["S7.1"]}, {"passages": ["S8.1"]}]},
    ],
)
async def test_a_useless_answer_is_asked_for_once_more(bad: str | dict[str, object]) -> None:
    model, script = scripted(bad, GOOD)
    found = await reading(model)
    assert found.verified is not None
    assert found.verified.facts
    assert len(script.prompts) == 2
    assert "corrections" in script.prompts[1]
    assert found.usage.calls == 2


async def test_two_useless_answers_cost_the_facts_and_nothing_else() -> None:
    model, script = scripted("no JSON")
    found = await reading(model)
    assert found.verified is None
    assert len(script.prompts) == 2
    assert set(found.collection.sources) == {"S1"}


async def test_without_pages_nobody_is_asked() -> None:
    model, script = scripted(GOOD)
    found = await reading(model, Page(HOME, "T", ""))
    assert (found.verified, found.usage.calls, script.prompts) == (None, 0, [])


async def test_no_model_is_a_failure() -> None:
    model, _ = scripted(TransientError("busy"))
    with pytest.raises(TransientError):
        await reading(model)


async def test_a_word_that_the_schema_does_not_know_costs_only_itself() -> None:
    facts = [{"passages": "S1.2", "kind": "poetry", "time": "later", "caution": "some", "extra": 1}]
    model, _ = scripted(
        {"pages": [{**JUDGED, "site": "home"}], "facts": json.dumps([{**facts[0], "passages": ["[s1.2]"]}])}
    )
    found = await reading(model)
    assert found.verified is not None
    assert [(fact.kind, fact.current) for fact in found.verified.facts] == [("other", True)]


@pytest.mark.parametrize(("passage", "life"), [("S1.1", "died"), ("S9.9", "unknown"), ("", "unknown")])
async def test_a_death_needs_a_passage_on_a_page_about_the_recipient(passage: str, life: str) -> None:
    model, _ = scripted({**GOOD, "life": "died", "life_passage": passage})
    assert (await reading(model)).life == life
