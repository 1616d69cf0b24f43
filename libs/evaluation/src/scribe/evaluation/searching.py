"""The web as a trial knows it: Exa's answers over HTTP from the trial's file, and no browser."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scribe.arxiv.answers import Answer
from scribe.arxiv.lookups import Lookup
from scribe.common.process.health import serving
from scribe.evaluation.matching import words
from scribe.evaluation.trial import Trial

HOST = "127.0.0.1"
_SEARCHES = TypeAdapter(list[dict[str, object]])


@dataclass(frozen=True)
class NoCache:
    """In place of the cache of paid answers."""

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes:  # noqa: ARG002
        """Ask every time."""
        return await call()


@dataclass(frozen=True)
class TrialPapers:
    """arXiv as a trial knows it."""

    trial: Trial

    async def look_up(self, lookup: Lookup) -> Answer:  # noqa: ARG002 - a trial has one author
        """The records of all feeds."""
        return Answer(records=self.trial.records)


@asynccontextmanager
async def serving_searches(trials: Iterable[Trial]) -> AsyncIterator[Mapping[str, str]]:
    """The address of Exa for each trial, by its id, while the block runs."""
    answers = {trial.id: _SEARCHES.validate_json((trial.folder / "exa.json").read_bytes()) for trial in trials}

    async def answer(request: Request) -> JSONResponse:
        question = str((await request.json()).get("query"))
        return JSONResponse(_closest(answers[request.path_params["trial"]], question)["response"])

    app = Starlette(routes=[Route("/{trial}/answer", answer, methods=["POST"])])
    async with serving(app, HOST, 0) as port:
        yield {trial: f"http://{HOST}:{port}/{trial}" for trial in answers}


def _closest(searches: list[dict[str, object]], question: str) -> dict[str, object]:
    """The search whose question has most words in common, for the wording of questions changes."""
    asked = set(words(question))
    return max(searches, key=lambda search: len(asked & set(words(str(search["question"])))))
