"""Requests as files that a person or any model can read and answer: `make eval MODEL=files:DIR`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scribe.evaluation.answering.requests import Label, Request

PAGE = """# {name}

Answer this request as the language model that it is sent to: do what the instructions say with the message, and nothing
else. Write the answer, one JSON object that fits the schema, into the file `{answer}` beside this one.

The request has three parts, each between lines of `=`: instructions, message, and the JSON schema of the answer.

======== instructions
{instructions}
======== message
{prompt}
======== schema of the answer ({description})
{schema}
========
"""


class AnswerFileError(Exception):
    """A file that should hold an answer does not hold a JSON object. The text says which and why."""


@dataclass(frozen=True)
class FileAnswer:
    """An answer as JSON, and the day on which it was written."""

    text: str
    on: str


@dataclass(frozen=True)
class RequestFiles:
    """A folder of requests (`NAME.request.md`) and their answers (`NAME.answer.json`)."""

    folder: Path

    def answer(self, label: Label, request: Request) -> FileAnswer | None:
        """What stands in the answer's file; None where there is none.

        Raises:
            AnswerFileError: it holds something else.
        """
        path = self.folder / f"{_name(label, request)}.answer.json"
        if not path.exists():
            return None
        day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
        return FileAnswer(json.dumps(_object_in(path), ensure_ascii=False), day)

    def write(self, label: Label, request: Request) -> Path:
        """Write the request; the same request has the same file."""
        name = _name(label, request)
        page = PAGE.format(
            name=name,
            answer=f"{name}.answer.json",
            instructions=request.instructions,
            prompt=request.prompt,
            description=request.tool.description,
            schema=request.schema,
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.request.md"
        path.write_text(page, "utf-8")
        return path

    def sweep(self, missing: Iterable[tuple[Label, Request]], trials: Iterable[str]) -> None:
        """Delete the requests about these trials that have no answer and are not asked any more."""
        asked = {f"{_name(label, request)}.request.md" for label, request in missing}
        for trial in trials:
            for path in self.folder.glob(f"*-{trial}-*.request.md"):
                answer = path.with_name(path.name.replace(".request.md", ".answer.json"))
                if path.name not in asked and not answer.exists():
                    path.unlink()


def _name(label: Label, request: Request) -> str:
    """It does not tell which draft the request is about: whoever answers must not know."""
    return f"{label.role}-{label.trial}-{request.digest[:16]}"


def _object_in(path: Path) -> dict[str, object]:
    text = path.read_text("utf-8").strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    try:
        found = json.loads(text)
    except ValueError as error:
        raise AnswerFileError(f"{path} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise AnswerFileError(f"{path} holds no JSON object")
    return found
