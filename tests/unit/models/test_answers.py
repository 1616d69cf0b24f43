"""An answer is read where there is one, and named where there is none."""

import json

import pytest
from pydantic import BaseModel
from pydantic_ai.messages import ModelResponse, TextPart, ThinkingPart, ToolCallPart

from scribe.common.errors import PermanentError
from scribe.common.models.answers import Fault, UnusableAnswerError, raw_answer, read_answer
from scribe.common.tasks.usage import Usage


class Greeting(BaseModel):
    """A greeting."""

    words: str
    times: int = 1


USAGE = Usage(model="anthropic:x", calls=1)
RIGHT = json.dumps({"words": "hello"})


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        f"  {RIGHT}\n",
        f"```json\n{RIGHT}\n```",
        f"```\n{RIGHT}\n```",
        f"<think>Let me see. {{}}</think>{RIGHT}",
        f"<thinking>\nhm\n</thinking>\n```json\n{RIGHT}\n```",
    ],
)
def test_json_is_read_bare_fenced_and_after_thinking(text: str) -> None:
    assert read_answer(text, None, Greeting, USAGE).value == Greeting(words="hello")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("{}", "empty"),
        ("<think>and nothing else", "empty"),
        ("I'm sorry, but I can't help with that.", "refused"),
        ("I cannot write this e-mail.", "refused"),
        ("Hello there!", "malformed"),
        ('{"words": 3}', "malformed"),
        ('{"word": "hello"}', "malformed"),
        ('{"words": "hel', "malformed"),
    ],
)
def test_what_is_no_answer_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(UnusableAnswerError) as raised:
        read_answer(text, None, Greeting, USAGE)
    assert raised.value.fault == fault
    assert raised.value.usage == USAGE
    assert raised.value.correction


class Greetings(BaseModel):
    """Several greetings."""

    words: list[str]
    said: str = ""


def test_a_list_that_was_written_as_a_string_of_json_is_unpacked() -> None:
    answer = json.dumps({"words": '["hello", "hi"]', "said": "[]"})
    assert read_answer(answer, None, Greetings, USAGE).value == Greetings(words=["hello", "hi"], said="[]")


def test_a_list_that_is_no_json_is_malformed() -> None:
    with pytest.raises(UnusableAnswerError, match="words"):
        read_answer(json.dumps({"words": "hello"}), None, Greetings, USAGE)


def test_the_error_names_fields_and_never_what_the_model_wrote() -> None:
    with pytest.raises(UnusableAnswerError) as raised:
        read_answer('{"words": ["secret"], "times": "secret"}', None, Greeting, USAGE)
    assert "times, words" in str(raised.value)
    assert "secret" not in f"{raised.value}{raised.value.correction}"


def test_an_unusable_answer_is_permanent_for_who_does_not_ask_again() -> None:
    assert issubclass(UnusableAnswerError, PermanentError)


def test_the_tools_arguments_are_the_answer_whatever_else_is_said() -> None:
    response = ModelResponse(parts=[ThinkingPart("hm"), TextPart("Here:"), ToolCallPart("answer", {"words": "hello"})])
    assert json.loads(raw_answer(response)[0]) == {"words": "hello"}


def test_without_a_tool_call_the_text_is_the_answer() -> None:
    assert raw_answer(ModelResponse(parts=[ThinkingPart("hm"), TextPart("a"), TextPart("b")])) == ("ab", None)


@pytest.mark.parametrize(("reason", "fault"), [("length", "cut_off"), ("content_filter", "refused"), ("stop", None)])
def test_the_finish_reason_names_a_fault(reason: str, fault: Fault | None) -> None:
    response = ModelResponse(parts=[TextPart(RIGHT)])
    response.finish_reason = reason  # type: ignore[assignment]
    text, found = raw_answer(response)
    assert found == fault
    if fault:
        with pytest.raises(UnusableAnswerError):
            read_answer(text, found, Greeting, USAGE)
