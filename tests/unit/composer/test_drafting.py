"""A draft is corrected at most twice, then healed by cutting, then given up."""

import pytest

from scribe.common.errors import PermanentError
from scribe.common.models import StructuredModel
from scribe.common.models.prompts import load_prompt
from scribe.composer.drafting import Finished, write
from tests.support.models import Said, scripted
from tests.support.writing import GOOD, SAYING, material

PROMPT = load_prompt("scribe.composer.prompts", "compose")
INVENTED = {"body": GOOD.replace("2017", "2019")}
RIGHT = {"body": GOOD, "claims": [{"sentence": SAYING, "source_ids": ["P1"]}]}


async def finished(model: StructuredModel) -> Finished:
    return await write(model, PROMPT, material(), "task:1")


async def test_a_right_draft_is_taken_at_once() -> None:
    model, script = scripted(RIGHT)
    result = await finished(model)
    assert (result.draft.body, result.tries, len(script.prompts)) == (GOOD, 1, 1)


async def test_a_wrong_draft_is_sent_back_with_what_is_wrong() -> None:
    model, script = scripted(INVENTED, RIGHT)
    result = await finished(model)
    assert result.draft.body == GOOD
    assert result.tries == 2
    assert "corrections" not in script.prompts[0]
    assert "No fact or paper holds: 2019." in script.prompts[1]
    assert '<data name="draft">' in script.prompts[1]


async def test_what_all_tries_cost_is_added_up() -> None:
    model, _ = scripted(INVENTED, RIGHT)
    once, _ = scripted(RIGHT)
    assert (await finished(model)).usage.calls == 2
    assert (await finished(model)).usage.output_tokens >= (await finished(once)).usage.output_tokens


async def test_a_sentence_that_cannot_be_mended_is_cut() -> None:
    wrong = {"body": GOOD.replace(SAYING, f"{SAYING} Your student Bob won the Nobel Prize.")}
    model, script = scripted(wrong)
    result = await finished(model)
    assert result.draft.body == GOOD
    assert result.cut == ("Your student Bob won the Nobel Prize.",)
    assert len(script.prompts) == 3


async def test_a_phrase_of_a_machine_costs_one_correction_and_no_email() -> None:
    model, script = scripted({"body": GOOD.replace(SAYING, f"{SAYING} I delve into it.")})
    result = await finished(model)
    assert [problem.check for problem in result.mild] == ["sounds_like_a_machine"]
    assert len(script.prompts) == 2


@pytest.mark.parametrize(
    ("answer", "public"),
    [
        ({"body": GOOD.replace("Professor Del Maestro", "Dr. Smith")}, "address the recipient"),
        ({"body": GOOD.replace("I would love to ask you two things about how you chose your method.", "")}, "template"),
        ({"body": GOOD.replace("reading about quantum fluids", "reading about your work at NASA in 1999")}, "support"),
        ({"body": ""}, "usable"),
        ({"body": "I'm sorry, but I can't help with that."}, "usable"),
        ("I'm sorry, but I can't help with that.", "usable"),
        ("", "usable"),
        ({"words": "other fields"}, "usable"),
        ("lorem ipsum", "usable"),
    ],
)
async def test_three_bad_answers_fail_with_a_sentence_for_the_user(answer: Said, public: str) -> None:
    model, script = scripted(answer)
    with pytest.raises(PermanentError) as raised:
        await finished(model)
    assert public in raised.value.public
    assert len(script.prompts) == 3


@pytest.mark.parametrize("bad", ["", "lorem ipsum", {"body": ""}, "I can't help with that.", {"nothing": 1}])
async def test_one_bad_answer_costs_one_try(bad: Said) -> None:
    model, script = scripted(bad, RIGHT)
    result = await finished(model)
    assert (result.draft.body, result.tries, len(script.prompts)) == (GOOD, 2, 2)
    assert "corrections" in script.prompts[1]


async def test_the_errors_text_holds_nothing_of_the_draft() -> None:
    model, _ = scripted({"body": "Dear Dr. Secretname,"})
    with pytest.raises(PermanentError) as raised:
        await finished(model)
    assert "secretname" not in f"{raised.value} {raised.value.public}".casefold()


async def test_an_answer_in_a_fence_of_json_is_read() -> None:
    model, _ = scripted('```json\n{"body": "' + GOOD.replace("\n", "\\n") + '"}\n```')
    assert (await finished(model)).draft.body == GOOD


async def test_the_prompt_holds_the_material_in_data_blocks() -> None:
    model, script = scripted(RIGHT)
    await finished(model)
    for name in ("template", "recipient", "facts", "papers", "sender", "placeholders", "tone"):
        assert f'<data name="{name}">' in script.prompts[0]
    assert '"display_name": "Jo Park"' in script.prompts[0]
    assert '"source_url": "https://physics.example.edu/maestro"' in script.prompts[0]
