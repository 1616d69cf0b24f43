"""A draft is corrected at most twice, then healed by cutting, then given up."""

import pytest

from scribe.common.errors import PermanentError
from scribe.common.models import StructuredModel
from scribe.common.models.prompts import load_prompt
from scribe.composer.checker import Checker
from scribe.composer.drafting import AcceptedDraft, Writer
from tests.support.checking import checker_saying
from tests.support.models import Said, scripted
from tests.support.writing import FACT, GOOD, HONEST, PAPER, SAYING, material, verdict

PROMPT = load_prompt("scribe.composer.prompts", "compose")
LIE = "Your student Bob runs the laboratory."
INVENTED = {"body": GOOD.replace(SAYING, f"{SAYING} {LIE}")}
RIGHT = {"source_ids": ["P1"], "body": GOOD}
FOUND_OUT = {
    "verdicts": [
        verdict(1, "supported", "I1"),
        verdict(2, "supported", "P1"),
        verdict(3, "unsupported", what="no item knows a Bob"),
    ]
}


async def accepted(
    model: StructuredModel, checker: Checker | None = None, scope: str = "", **fields: object
) -> AcceptedDraft:
    checker = checker or checker_saying()[0]
    return await Writer(model, PROMPT, checker).write(material(**fields), scope)


async def test_a_right_draft_is_taken_at_once() -> None:
    model, script = scripted(RIGHT)
    checker, asked = checker_saying()
    result = await accepted(model, checker)
    assert (result.draft.body, result.tries, len(script.prompts), len(asked.prompts)) == (GOOD, 1, 1, 1)
    assert result.judgement.is_checked


async def test_an_unsupported_sentence_goes_back_with_the_checkers_reason() -> None:
    model, script = scripted(INVENTED, RIGHT)
    checker, _ = checker_saying(FOUND_OUT)
    result = await accepted(model, checker)
    assert result.draft.body == GOOD
    assert result.tries == 2
    assert "corrections" not in script.prompts[0]
    assert LIE in script.prompts[1]
    assert "no item knows a Bob" in script.prompts[1]
    assert '<data name="draft">' in script.prompts[1]


async def test_a_sentence_that_was_judged_is_not_judged_again() -> None:
    model, _ = scripted(INVENTED, {"body": GOOD.replace(SAYING, f"{SAYING} I like it.")})
    checker, asked = checker_saying(FOUND_OUT, {"verdicts": [verdict(3, "nothing")]})
    result = await accepted(model, checker)
    assert len(asked.prompts) == 2
    assert "⟦I like it⟧." in asked.prompts[1]
    assert "2017 paper" not in asked.prompts[1].partition('<data name="sentences">')[2]
    assert result.judgement.is_checked


async def test_what_all_answers_cost_is_added_up_for_writer_and_checker() -> None:
    model, _ = scripted(INVENTED, RIGHT)
    checker, _ = checker_saying(FOUND_OUT)
    result = await accepted(model, checker)
    assert (result.usage.calls, result.checker_usage.calls) == (2, 1)


async def test_a_sentence_that_cannot_be_mended_is_cut() -> None:
    model, script = scripted(INVENTED)
    checker, _ = checker_saying(FOUND_OUT)
    result = await accepted(model, checker)
    assert result.draft.body == GOOD
    assert result.cut == (LIE,)
    assert len(script.prompts) == 3
    assert [claim.source_ids for claim in result.judgement.claims] == [("I1",), ("P1",)]


async def test_an_email_of_which_nothing_is_left_fails_with_a_sentence() -> None:
    model, _ = scripted(RIGHT)
    checker, _ = checker_saying({"verdicts": [verdict(n, "unsupported", what="no") for n in (1, 2)]})
    with pytest.raises(PermanentError) as raised:
        await accepted(model, checker)
    assert "template" in raised.value.public or "support" in raised.value.public


async def test_a_phrase_of_a_machine_costs_one_correction_and_no_email() -> None:
    model, script = scripted({"body": GOOD.replace(SAYING, f"{SAYING} I delve into it.")})
    checker, _ = checker_saying({"verdicts": [*HONEST["verdicts"], verdict(3, "nothing")]})
    result = await accepted(model, checker)
    assert [problem.check for problem in result.judgement.problems] == ["sounds_like_a_machine"]
    assert len(script.prompts) == 2


@pytest.mark.parametrize("unusable", ["", "lorem ipsum", {"other": "fields"}])
async def test_a_checker_without_a_usable_answer_costs_the_confidence_and_no_email(unusable: Said) -> None:
    model, _ = scripted(RIGHT)
    checker, asked = checker_saying(unusable)
    result = await accepted(model, checker)
    assert result.draft.body == GOOD
    assert not result.judgement.is_checked
    assert len(asked.prompts) == 2


async def test_a_checker_that_forgets_a_sentence_is_asked_for_that_one() -> None:
    model, _ = scripted(RIGHT)
    checker, asked = checker_saying({"verdicts": HONEST["verdicts"][:1]}, {"verdicts": HONEST["verdicts"][1:]})
    result = await accepted(model, checker)
    assert result.judgement.is_checked
    assert "have been reading" not in asked.prompts[1].partition('<data name="sentences">')[2]


async def test_without_a_checker_the_email_is_written_and_not_checked() -> None:
    model, _ = scripted(RIGHT)
    result = await Writer(model, PROMPT, None).write(material())
    assert result.draft.body == GOOD
    assert not result.judgement.is_checked
    assert result.checker_usage.calls == 0


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
        await accepted(model)
    assert public in raised.value.public
    assert len(script.prompts) == 3


@pytest.mark.parametrize("bad", ["", "lorem ipsum", {"body": ""}, "I can't help with that.", {"nothing": 1}])
async def test_one_bad_answer_costs_one_try(bad: Said) -> None:
    model, script = scripted(bad, RIGHT)
    result = await accepted(model)
    assert (result.draft.body, result.tries, len(script.prompts)) == (GOOD, 2, 2)
    assert "corrections" in script.prompts[1]


async def test_the_errors_text_holds_nothing_of_the_draft() -> None:
    model, _ = scripted({"body": "Dear Dr. Secretname,"})
    with pytest.raises(PermanentError) as raised:
        await accepted(model)
    assert "secretname" not in f"{raised.value} {raised.value.public}".casefold()


async def test_an_answer_in_a_fence_of_json_is_read() -> None:
    model, _ = scripted('```json\n{"body": "' + GOOD.replace("\n", "\\n") + '"}\n```')
    assert (await accepted(model)).draft.body == GOOD


async def test_the_prompt_holds_the_material_in_data_blocks() -> None:
    model, script = scripted(RIGHT)
    over = FACT.model_copy(update={"id": "F2", "current": False, "kind": "position", "certain": True})
    await accepted(model, research={"facts": (FACT, over)})
    (prompt,) = script.prompts
    for name in ("template", "recipient", "facts", "papers", "sender", "placeholders", "tone"):
        assert f'<data name="{name}">' in prompt
    assert '"display_name": "Jo Park"' in prompt
    assert '"I1": "quantum fluids"' in prompt
    assert '"kind": "position"' in prompt
    assert '"current": false, "certain": true' in prompt


async def test_a_paper_that_may_be_a_namesakes_says_so() -> None:
    model, script = scripted(RIGHT)
    await accepted(model, papers=(PAPER.model_copy(update={"certain": False}),))
    assert '"doubtful": true' in script.prompts[0]
