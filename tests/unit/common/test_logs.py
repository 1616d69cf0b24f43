"""Logs: one JSON object a line, with the trace it belongs to."""

import json
import logging

import pytest
from opentelemetry.sdk.trace import TracerProvider

from scribe.common.observability.logs import configure
from scribe.common.settings import Settings


def test_an_event_is_one_json_object_with_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    log = configure(Settings(), "parser")
    with TracerProvider().get_tracer("test").start_as_current_span("work") as span:
        log.info("delivery", outcome="finished")
    event = json.loads(capsys.readouterr().err)
    assert (event["event"], event["service"], event["level"]) == ("delivery", "parser", "info")
    assert event["trace_id"] == f"{span.get_span_context().trace_id:032x}"


def test_the_standard_librarys_loggers_speak_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(), "parser")
    logging.getLogger("some.library").warning("odd %s", "thing")
    event = json.loads(capsys.readouterr().err)
    assert (event["event"], event["service"]) == ("odd thing", "parser")


def test_libraries_are_not_asked_to_debug_for_their_clients_would_tell_the_prompts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = configure(Settings(log_level="debug"), "parser")
    logging.getLogger("anthropic._base_client").debug("Request options: %s", {"prompt": "Dear Ada"})
    logging.getLogger("arxiv").info("Requesting page: %s", "search_query=au:Ada")
    log.debug("ours")
    assert json.loads(capsys.readouterr().err)["event"] == "ours"


def test_an_exception_is_told_by_its_class_and_its_stack_and_not_by_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = configure(Settings(), "parser")
    try:
        try:
            int("ada@example.org")
        except ValueError as error:
            raise KeyError("Ada Example") from error
    except KeyError as error:
        log.error("step_raised", exc_info=error)
        logging.getLogger("some.library").exception("it failed")
    text = capsys.readouterr().err
    assert "example.org" not in text
    assert "Ada" not in text
    for line in text.splitlines():
        event = json.loads(line)
        assert event["error_class"] == "KeyError"
        assert "after ValueError" in event["stack"]
        assert any("test_logs.py" in frame for frame in event["stack"])


def test_the_level_holds(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_level="warning"), "parser").info("quiet")
    assert capsys.readouterr().err == ""
