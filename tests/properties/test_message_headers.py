"""Subjects and headers of messages are read, or unreadable: nothing else."""

import json
from contextlib import suppress
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.common.errors import UnreadableMessageError
from scribe.common.tasks.progress import read_progress
from scribe.common.tasks.subject import Subject
from tests.support.json_values import JSON

NUMBER = st.one_of(st.integers().map(str), st.floats().map(str), st.text(max_size=5), st.just("9" * 400))
HEADERS = st.fixed_dictionaries(
    {
        "Scribe-Step": st.sampled_from(["parser", "composer", "done", "none"]),
        "Scribe-Run": NUMBER,
        "Scribe-User": st.one_of(st.just(str(uuid4())), st.text(max_size=5)),
        "Scribe-At": st.one_of(st.just("2026-01-01T00:00:00+00:00"), st.text(max_size=10)),
    },
    optional={
        "Scribe-Attempt": NUMBER,
        "Scribe-Delay": NUMBER,
        "Scribe-Position": NUMBER,
        "Scribe-Step-Timings": JSON.map(json.dumps),
        "Scribe-Error": JSON.map(json.dumps),
        "Scribe-Skipped": st.text(max_size=10),
    },
)


@settings(max_examples=300)
@given(HEADERS, st.sampled_from(["started", "retrying", "failed", "unknown"]))
def test_what_a_message_tells_can_be_stored_or_is_unreadable(headers: dict[str, str], state: str) -> None:
    try:
        progress = read_progress(Subject.parse(f"events.{uuid4()}.{uuid4()}.{state}"), headers)
    except UnreadableMessageError:
        return
    assert progress.delay is None or not progress.delay < 0  # what PostgreSQL refuses, the projector puts aside


@given(st.text(max_size=60))
def test_any_text_is_a_subject_of_ours_or_unreadable(text: str) -> None:
    with suppress(UnreadableMessageError):
        assert str(Subject.parse(text)) == text
