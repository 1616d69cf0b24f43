"""Thinking traces are taken out wherever they begin and end."""

import pytest

from scribe.common.text.thinking import holds_thinking, without_thinking


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Dear Ada", "Dear Ada"),
        ("<think>hm</think>Dear Ada", "Dear Ada"),
        ("hm, what now</think>Dear Ada", "Dear Ada"),
        ("<THINKING type='deep'>hm</thinking>Dear Ada", "Dear Ada"),
        ("Dear <reasoning>hm</reasoning>Ada", "Dear Ada"),
        ("<think>a <think>b</think> c</think>Dear Ada", "Dear Ada"),
        ("Dear Ada<think>and then", "Dear Ada"),
        ("a</think>b</think>Dear Ada", "Dear Ada"),
    ],
)
def test_traces_are_taken_out(text: str, kept: str) -> None:
    assert without_thinking(text) == kept
    assert holds_thinking(text) is (text != kept)


@pytest.mark.parametrize("text", ["I think so", "a < b > c", "<thinker>", "rethink>"])
def test_nothing_else_is_a_trace(text: str) -> None:
    assert without_thinking(text) == text
    assert not holds_thinking(text)
