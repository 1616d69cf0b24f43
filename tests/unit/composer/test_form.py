"""What is no e-mail is told from what is one."""

import time

import pytest

from scribe.composer.language import language_of, scripts_of
from tests.support.writing import GOOD, SAYING, found_in


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


@pytest.mark.parametrize("markup", ["**Your** work", "<b>Your</b> work", "<script>x</script>", "\n# Heading\n"])
def test_markup_is_named(markup: str) -> None:
    assert "holds_markup" in found_in(GOOD.replace(SAYING, f"{SAYING} {markup}"))


def test_twenty_kilobytes_are_named_too_long() -> None:
    assert "is_too_long" in found_in(GOOD.replace(SAYING, SAYING + " And more of it." * 1300))


PATHOLOGICAL = ["a.", "1.", "a-", "Dr. ", "\n ", "<think>", "http", "a@", "[", "*a", "include the ", "Lorem ipsum. "]


@pytest.mark.parametrize("piece", PATHOLOGICAL)
def test_no_text_of_twenty_kilobytes_keeps_the_checks_busy(piece: str) -> None:
    text = (piece * 20_000)[:19_900]
    started = time.process_time()
    found_in(text)
    found_in(text, email_template=text[:9_000])
    assert time.process_time() - started < 5.0


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


def test_a_name_in_another_script_is_no_other_language() -> None:
    body = GOOD.replace("Professor Del Maestro", "王小明")
    assert "is_in_another_language" not in found_in(body, recipient_name="王小明")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am a student and I have read the paper that you wrote about this.", "en"),
        (GERMAN, "de"),
        (
            "Je suis étudiant et je lis avec plaisir les articles que vous publiez sur la matière et pour une revue.",
            "fr",
        ),
        ("Ok.", None),
    ],
)
def test_languages_are_told_by_their_commonest_words(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_scripts_are_told_by_their_letters() -> None:
    assert scripts_of("Ψ and é are nothing, 王 and я are") == {"CJK", "CYRILLIC"}
