"""What is no e-mail is told from what is one."""

import pytest

from scribe.composer.cleaning import cleaned
from scribe.composer.draft import Draft
from scribe.composer.scripts import scripts_of
from tests.support.patterns import MAX_GROWTH, growth
from tests.support.writing import GOOD, SAYING, TEMPLATE, found_in, material


def test_a_right_draft_has_no_problem() -> None:
    assert found_in(GOOD) == set()


@pytest.mark.parametrize("body", ["", "   \n\t ", "\u200b\u200b", "```\n```", "<think>only this</think>"])
def test_an_empty_answer_is_named(body: str) -> None:
    assert found_in(body) == {"is_empty"}


@pytest.mark.parametrize(
    "words",
    [
        "I'm sorry, but I can't help with that.",
        "I cannot assist with this request.",
        "I’m unable to write this e-mail.",
    ],
)
def test_a_refusal_is_named(words: str) -> None:
    assert "is_a_refusal" in found_in(words)


def test_a_fence_around_everything_is_taken_off() -> None:
    assert found_in(f"```text\n{GOOD}\n```") == set()


def test_a_fence_in_the_middle_is_named() -> None:
    assert "holds_a_fence" in found_in(GOOD.replace(SAYING, f"```{SAYING}```"))


@pytest.mark.parametrize("tag", ["think", "thinking", "reasoning"])
def test_a_thinking_trace_is_taken_off(tag: str) -> None:
    assert found_in(f"<{tag}>The user wants\nan e-mail.</{tag}>\n{GOOD}") == set()


def test_a_thinking_trace_without_its_opening_is_taken_off() -> None:
    assert found_in(f"The user wants an e-mail.\n</think>\n\n{GOOD}") == set()


def test_nothing_is_left_of_a_thinking_trace_without_its_end() -> None:
    assert "is_empty" in found_in(f"<think>Let me see. {GOOD}")


@pytest.mark.parametrize(
    "remark", ["Here is the email:", "As an AI language model I wrote this.", "I've filled in the gaps."]
)
def test_a_remark_about_the_task_is_named(remark: str) -> None:
    assert "speaks_of_the_task" in found_in(f"{remark}\n\n{GOOD}")


@pytest.mark.parametrize(
    "markup",
    [
        *("**Your** work", "<b>Your</b> work", "<script>x</script>", "\n# Heading\n", "</body>", "</invoke>"),
        *('<parameter name="body">', "\uff1cb\uff1ebold\uff1c/b\uff1e", "a&nbsp;b", "<!-- x", "</s>"),
    ],
)
def test_markup_is_named(markup: str) -> None:
    assert "holds_markup" in found_in(GOOD.replace(SAYING, f"{SAYING} {markup}"))


@pytest.mark.parametrize("residue", ["<|im_end|>", "<|endoftext|>", "[/INST]", "\nAssistant: done", "\n\nHuman:"])
def test_what_is_left_of_a_models_own_format_is_named(residue: str) -> None:
    assert "holds_residue" in found_in(GOOD.replace(SAYING, f"{SAYING} {residue}"))


@pytest.mark.parametrize("text", ["I <3 helium.", "if 2 < 3 and 5 > 4", "R&D and AT&T;", "a <- b"])
def test_signs_that_people_write_are_no_markup(text: str) -> None:
    assert not found_in(GOOD.replace(SAYING, f"{SAYING} {text}")) & {"holds_markup", "holds_residue"}


def test_tags_of_the_template_may_stay() -> None:
    template = TEMPLATE.replace("Kind regards", "<signature>\n\nKind regards")
    assert "holds_markup" not in found_in(
        GOOD.replace("Kind regards", "<signature>\n\nKind regards"), email_template=template
    )


def test_joiners_of_persian_and_of_emoji_survive() -> None:
    kept = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f52c"
    assert kept in cleaned(Draft(body=f"Dear A,\n{kept} a\u200bb"), material()).body


def test_twenty_kilobytes_are_named_too_long() -> None:
    assert "is_too_long" in found_in(GOOD.replace(SAYING, SAYING + " And more of it." * 1300))


PATHOLOGICAL = ["a.", "1.", "a-", "Dr. ", "\n ", "<think>", "http", "a@", "[", "*a", "include the ", "Lorem ipsum. "]


@pytest.mark.parametrize("piece", PATHOLOGICAL)
def test_the_time_of_the_checks_grows_with_the_text(piece: str) -> None:
    def check(size: int) -> None:
        text = (piece * size)[:size]
        found_in(text, email_template=text[: size // 2])

    assert max(growth(lambda size: lambda: check(size), (5_000, 10_000, 19_900))) <= MAX_GROWTH


def test_half_an_email_is_named_too_short() -> None:
    assert "is_too_short" in found_in("Dear Professor Del Maestro,\n\nKind regards,\nJo Park")


GERMAN = (
    "Sehr geehrter Herr Professor Del Maestro,\n\nich bin Student und habe mit Freude von der Arbeit gelesen, die Sie "
    "und Ihre Gruppe über die Jahre nicht nur für mich geschrieben haben.\n\nIch würde Sie gern zu der Methode "
    "befragen.\n\nIhr Jo"
)


def test_another_language_is_named() -> None:
    assert "is_in_another_language" in found_in(GERMAN)


def test_another_language_in_what_was_added_is_named() -> None:
    added = "Ich habe mit Freude gelesen, dass Sie und Ihre Gruppe über die Jahre nicht nur für mich gearbeitet haben."
    assert "is_in_another_language" in found_in(GOOD.replace(SAYING, added))


def test_another_script_is_named() -> None:
    assert "is_in_another_language" in found_in(GOOD.replace(SAYING, "Ваша работа меня очень впечатлила."))


@pytest.mark.parametrize("text", ["Your w\u043erk", "S\u0435e it", "\u0391I for all", "p\u0430ypal"])
def test_letters_that_only_look_latin_are_named(text: str) -> None:
    known = {"recipient_name": "Adrian Del Maestro \u0430"}
    assert "is_in_another_language" in found_in(GOOD.replace(SAYING, f"{SAYING} {text}."), **known)


@pytest.mark.parametrize("text", ["The Δt of 5 μm", "\u03b1-helium", "Ωm"])
def test_greek_symbols_are_no_lookalikes(text: str) -> None:
    assert "is_in_another_language" not in found_in(GOOD.replace(SAYING, f"{SAYING} {text}."))


def test_a_name_in_another_script_is_no_other_language() -> None:
    body = GOOD.replace("Professor Del Maestro", "王小明")
    assert "is_in_another_language" not in found_in(body, recipient_name="王小明")


def test_scripts_are_told_by_their_letters() -> None:
    assert scripts_of("Ψ and é are nothing, 王 and я are") == {"CJK", "CYRILLIC"}
