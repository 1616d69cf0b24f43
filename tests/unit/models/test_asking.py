"""A bad answer is corrected, a bounded number of times, and every request is paid for in the sum."""

import pytest
from pydantic import BaseModel

from scribe.common.errors import TransientError
from scribe.common.models import Rejected, ask_until
from scribe.common.models.prompts import Prompt
from tests.support.models import scripted

PROMPT = Prompt("p-1", "Say a word.")


class Word(BaseModel):
    """One word."""

    word: str


async def only_yes(answer: Word) -> Rejected | None:
    """Accept nothing but yes."""
    if answer.word == "yes":
        return None
    return Rejected([f"Not {answer.word}."], {"draft": answer.word})


async def test_an_answer_of_the_right_type_is_accepted_at_once() -> None:
    model, script = scripted({"word": "no"})
    asked = await ask_until(model, PROMPT, {"topic": "x"}, Word)
    assert (asked.value, asked.tries, asked.usage.calls) == (Word(word="no"), 1, 1)
    assert script.prompts == ['<data name="topic">x</data>']


async def test_a_rejected_answer_is_asked_for_again_with_what_was_wrong() -> None:
    model, script = scripted({"word": "no"}, {"word": "yes"})
    asked = await ask_until(model, PROMPT, {"topic": "x"}, Word, only_yes)
    assert (asked.value, asked.tries, asked.usage.calls) == (Word(word="yes"), 2, 2)
    assert script.prompts[1].splitlines()[2:] == [
        '<data name="draft">no</data>',
        "",
        '<data name="corrections">["Not no."]</data>',
    ]


async def test_an_unusable_answer_adds_its_fault_to_what_was_wrong_before() -> None:
    model, script = scripted({"word": "no"}, "", {"word": "yes"})
    asked = await ask_until(model, PROMPT, {}, Word, only_yes)
    assert (asked.tries, asked.usage.calls) == (3, 3)
    assert '["Not no.", "Your answer was empty.' in script.prompts[2]
    assert '<data name="draft">no</data>' in script.prompts[2]


async def test_the_last_correction_replaces_those_before() -> None:
    model, script = scripted({"word": "no"}, {"word": "maybe"}, {"word": "yes"})
    await ask_until(model, PROMPT, {}, Word, only_yes)
    assert '["Not maybe."]' in script.prompts[2]


async def test_after_the_last_try_there_is_no_answer_but_all_are_paid_for() -> None:
    model, script = scripted({"word": "no"}, "rubbish")
    asked = await ask_until(model, PROMPT, {}, Word, only_yes, max_tries=2)
    assert (asked.value, asked.tries, asked.usage.calls) == (None, 2, 2)
    assert len(script.prompts) == 2


async def test_a_fault_of_the_provider_ends_the_asking() -> None:
    model, script = scripted(TransientError("anthropic answered 500"))
    with pytest.raises(TransientError):
        await ask_until(model, PROMPT, {}, Word)
    assert len(script.prompts) == 1
