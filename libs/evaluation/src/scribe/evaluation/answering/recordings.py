"""Answers that are kept, each under the hash of the exact request, so that a prompt is judged again without a model."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from scribe.evaluation.answering.requests import Exchange, Label, Request
from scribe.evaluation.trial import SHIPPED as SHIPPED_TRIALS

SHIPPED = Path(__file__).parents[1] / "recorded"
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
ABOUT = """# Recorded answers

One file for each request that was answered: who answered, when, and the answer. `request` is the SHA-256 of everything
that the model was told (instructions, message, tool, schema), so an answer is never taken for that to another request.
Recordings are answers of a real model, or of a reader who saw nothing but the request file; who wrote a prompt or a
check does not answer it. How to renew them: `docs/howto/evaluate.md`. This page is written by `make eval KEEP=…`.

| role | answers | by | on |
|---|---|---|---|
"""


class Recording(BaseModel):
    """An answer as it is kept."""

    model_config = ConfigDict(frozen=True)

    label: Label
    request: str
    by: str
    on: str
    seconds: float | None = None
    answer: JsonValue

    @property
    def file(self) -> str:
        """The name of its file; it does not tell which draft the request is about."""
        return f"{self.label.role}-{self.label.trial}-{self.request[:16]}.json"

    @property
    def text(self) -> str:
        """The answer as JSON."""
        return self.answer if isinstance(self.answer, str) else json.dumps(self.answer, ensure_ascii=False)


@dataclass(frozen=True)
class Recordings:
    """The answers in a folder."""

    folder: Path = SHIPPED

    @classmethod
    def of(cls, trials: Path) -> "Recordings":
        """Those of a folder of trials: `recorded` in it; of the shipped trials those of the package."""
        return cls() if trials == SHIPPED_TRIALS else cls(trials / "recorded")

    @cached_property
    def _by_request(self) -> dict[str, Recording]:
        read = (Recording.model_validate_json(path.read_bytes()) for path in sorted(self.folder.glob("*.json")))
        return {recording.request: recording for recording in read}

    def __len__(self) -> int:
        return len(self._by_request)

    def find(self, request: Request) -> Recording | None:
        """The answer to exactly this request."""
        return self._by_request.get(request.digest)

    def stale(self, missing: Iterable[tuple[Label, Request]]) -> list[Recording]:
        """The recordings whose request is now another one: a prompt, a schema, or what goes into it has changed."""
        labels = {label for label, _ in missing}
        return [recording for recording in self._by_request.values() if recording.label in labels]

    def keep(self, exchanges: Iterable[Exchange]) -> None:
        """Write these answers, in place of all others of the same labels, and the page about them.

        Of two answers to one request the first is kept: it is the one that was scored.
        """
        fresh = list({exchange.request.digest: _recorded(exchange) for exchange in reversed(list(exchanges))}.values())
        self.folder.mkdir(parents=True, exist_ok=True)
        labels = {recording.label for recording in fresh}
        kept = [recording for recording in self._by_request.values() if recording.label not in labels]
        for recording in self._by_request.values():
            (self.folder / recording.file).unlink(missing_ok=True)
        for recording in (*kept, *fresh):
            (self.folder / recording.file).write_text(recording.model_dump_json(indent=1) + "\n", "utf-8")
        (self.folder / "README.md").write_text(ABOUT + "\n".join(provenance((*kept, *fresh))) + "\n", "utf-8")


def _recorded(exchange: Exchange) -> Recording:
    return Recording(
        label=exchange.label,
        request=exchange.request.digest,
        by=exchange.by,
        on=exchange.on,
        seconds=exchange.seconds,
        answer=_read(exchange.answer),
    )


def _read(answer: str) -> JsonValue:
    """The answer as JSON, or as the text that it is where a model did not keep to JSON."""
    try:
        return _JSON.validate_json(answer)
    except ValidationError:
        return answer


def provenance(recordings: Iterable[Recording]) -> list[str]:
    """A row for everybody who has answered for a role on a day."""
    counts = Counter((recording.label.role, recording.by, recording.on) for recording in recordings)
    return [f"| {role} | {count} | {by} | {on} |" for (role, by, on), count in sorted(counts.items())]
