"""Thinking traces, which some models write into their answers: `<think>…</think>`, at times without a beginning."""

import re

_TAG = re.compile(
    r"<(?P<close>/?)(?:think|thinking|thought|reasoning|scratchpad|analysis)\b[^<>]{0,100}>", re.IGNORECASE
)


def holds_thinking(text: str) -> bool:
    """Whether a tag of a thinking trace stands in the text."""
    return _TAG.search(text) is not None


def without_thinking(text: str) -> str:
    """The text without thinking traces: what a closing tag without a beginning ends, or an open one begins, is one."""
    kept: list[str] = []
    begin, depth = 0, 0
    for tag in _TAG.finditer(text):
        if not tag["close"]:
            if depth == 0:
                kept.append(text[begin : tag.start()])
            depth += 1
            continue
        if depth == 0:
            kept.clear()
        depth = max(0, depth - 1)
        begin = tag.end()
    return "".join(kept) + (text[begin:] if depth == 0 else "")
