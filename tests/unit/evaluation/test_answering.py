"""Requests as files, answers kept under the exact request, and what a changed prompt makes stale."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_ai.tools import ToolDefinition

from scribe.common.tasks.usage import Usage
from scribe.evaluation.answering.files import AnswerFileError, RequestFiles
from scribe.evaluation.answering.providers import GivenAnswers
from scribe.evaluation.answering.recordings import Recordings
from scribe.evaluation.answering.requests import Exchange, Label, MissingAnswerError, Request
from scribe.evaluation.answering.roles import configured_models

TRUE = Label(role="checker", trial="06", subject="draft_true")
FALSE = Label(role="checker", trial="06", subject="draft_false")


class Verdict(BaseModel):
    """Whether a sentence is true."""

    supported: bool


def given(folder: Path, *, files: bool = True, by: str = "a reader") -> GivenAnswers:
    requests = RequestFiles(folder / "requests") if files else None
    return GivenAnswers(configured_models(), Recordings(folder / "recorded"), requests, by=by)


async def ask(models: GivenAnswers, prompt: str, label: Label = TRUE) -> Verdict:
    answer = await models.model(label).ask(instructions="Judge.", prompt=prompt, output=Verdict)
    return answer.value


def answer_all(folder: Path, text: str = '{"supported": true}') -> None:
    for request in (folder / "requests").glob("*.request.md"):
        request.with_name(request.name.replace(".request.md", ".answer.json")).write_text(text)


async def test_a_request_is_written_whole_and_answered_from_the_file_beside_it(tmp_path: Path) -> None:
    models = given(tmp_path)
    with pytest.raises(MissingAnswerError):
        await ask(models, "Is water wet?")
    (request,) = (tmp_path / "requests").iterdir()
    text = request.read_text()
    for part in ("Judge.", "Is water wet?", '"supported"', "Whether a sentence is true", ".answer.json"):
        assert part in text
    answer_all(tmp_path)
    assert (await ask(models, "Is water wet?")).supported


async def test_a_request_file_does_not_tell_which_draft_it_is_about(tmp_path: Path) -> None:
    models = given(tmp_path)
    for label in (TRUE, FALSE):
        with pytest.raises(MissingAnswerError):
            await ask(models, f"The draft of {label.trial}.", label)
    (request,) = (tmp_path / "requests").iterdir()
    assert "true" not in request.name
    assert "draft_" not in request.read_text()


async def test_requests_that_are_not_asked_any_more_are_swept_unless_they_were_answered(tmp_path: Path) -> None:
    files = RequestFiles(tmp_path / "requests")
    for prompt in ("answered", "old", "new"):
        models = given(tmp_path)
        with pytest.raises(MissingAnswerError):
            await ask(models, prompt)
        if prompt == "answered":
            answer_all(tmp_path)
    files.sweep(models.log.missing.values(), ["04"])
    assert len(list(files.folder.glob("*.request.md"))) == 3
    files.sweep(models.log.missing.values(), ["04", "06"])
    kept = " ".join(path.read_text() for path in files.folder.glob("*.request.md"))
    assert "answered" in kept
    assert "new" in kept
    assert "old" not in kept


async def test_a_fence_around_an_answer_is_read_and_anything_but_an_object_is_refused(tmp_path: Path) -> None:
    models = given(tmp_path)
    with pytest.raises(MissingAnswerError):
        await ask(models, "Is water wet?")
    answer_all(tmp_path, '```json\n{"supported": false}\n```\n')
    assert not (await ask(models, "Is water wet?")).supported
    for wrong in ("yes", "[]"):
        answer_all(tmp_path, wrong)
        with pytest.raises(AnswerFileError, match=r"answer\.json"):
            await ask(models, "Is water wet?")


async def test_kept_answers_are_given_to_exactly_the_same_request_and_to_no_other(tmp_path: Path) -> None:
    models = given(tmp_path, by="somebody who saw the request alone")
    with pytest.raises(MissingAnswerError):
        await ask(models, "Is water wet?")
    answer_all(tmp_path)
    await ask(models, "Is water wet?")
    Recordings(tmp_path / "recorded").keep(models.log.exchanges)

    replayed = given(tmp_path, files=False)
    assert (await ask(replayed, "Is water wet?")).supported
    assert "somebody who saw the request alone" in replayed.log.provenance()[0]
    with pytest.raises(MissingAnswerError):
        await ask(replayed, "Is water still wet?")
    (stale,) = replayed.recordings.stale(replayed.log.missing.values())
    assert (tmp_path / "recorded" / stale.file).exists()


async def test_keeping_again_replaces_the_answers_of_the_same_label_alone(tmp_path: Path) -> None:
    recordings = tmp_path / "recorded"
    for prompt, label in (("one", TRUE), ("two", FALSE), ("one, changed", TRUE)):
        models = given(tmp_path, by=prompt)
        with pytest.raises(MissingAnswerError):
            await ask(models, prompt, label)
        answer_all(tmp_path)
        await ask(models, prompt, label)
        Recordings(recordings).keep(models.log.exchanges)
    kept = [json.loads(path.read_text())["by"] for path in recordings.glob("*.json")]
    assert sorted(kept) == ["one, changed", "two"]
    page = (recordings / "README.md").read_text()
    assert "| checker | 1 | two |" in page


async def test_of_two_answers_to_one_request_the_one_that_was_scored_is_kept(tmp_path: Path) -> None:
    request = Request("Judge.", "Is water wet?", ToolDefinition(name="answer"))
    for answer in ("true", "false"):
        exchange = Exchange(TRUE, request, f'{{"supported": {answer}}}', "a model", "2026-01-01", Usage())
        (tmp_path / answer).mkdir()
        exchanges = [exchange, replace(exchange, answer='{"supported": null}')]
        Recordings(tmp_path / answer).keep(exchanges)
        kept = Recordings(tmp_path / answer).find(request)
        assert kept is not None
        assert kept.text == exchange.answer


async def test_tokens_are_estimated_by_characters_and_priced_by_the_named_model(tmp_path: Path) -> None:
    models = given(tmp_path)
    with pytest.raises(MissingAnswerError):
        await ask(models, "Is water wet?" * 1000)
    answer_all(tmp_path)
    answer = await models.model(TRUE).ask(instructions="Judge.", prompt="Is water wet?" * 1000, output=Verdict)
    assert 4350 < answer.usage.input_tokens < 4500
    assert answer.usage.output_tokens == 6
    assert answer.usage.cost_usd == pytest.approx(0.00044, rel=0.1)
