"""What code may lose of the trials' pages: nothing that a reader selects rightly."""

import json
import re
from collections.abc import Iterator

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models.function import AgentInfo, FunctionModel

from scribe.common.models import StructuredModel
from scribe.evaluation.answering.providers import responded, structured
from scribe.evaluation.answering.requests import Label, Log, Request
from scribe.evaluation.answering.roles import configured_models
from scribe.evaluation.matching import COVERED, common_length, words
from scribe.evaluation.run_cases import quiet_log
from scribe.evaluation.searching import serving_searches
from scribe.evaluation.trial import Trial, load_trials
from scribe.evaluation.trial_report import TrialScores
from scribe.evaluation.trial_run import TrialResult, TrialSteps

PASSAGE = re.compile(r"^(S\d+\.\d+) (.+)$", re.MULTILINE)
PAGE = re.compile(r"^(S\d+) \| (\S+) \|", re.MULTILINE)
MAX_PASSAGES = 4


class PerfectReader:
    """A reader that knows what is expected: it selects the passages of the expected sentences and nothing else."""

    log = Log()
    can_write = False

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def model(self, label: Label) -> StructuredModel:
        """The model that says so, from the passages that it is shown."""

        async def read(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
            request = Request.of(messages, info.model_request_parameters)
            return responded(request, json.dumps(self._answer(request.prompt)))

        return structured("anthropic:claude-haiku-5-5", FunctionModel(read), label.role)

    def _answer(self, prompt: str) -> dict[str, object]:
        shown = prompt.partition('<data name="pages">')[2].partition("</data>")[0]
        passages = dict(PASSAGE.findall(shown))
        about = {page.url: "other" if page.about == "other" else "recipient" for page in self._trial.expected.pages}
        pages = [{"passage": f"{page}.1", "about": about[url], "site": "other"} for page, url in PAGE.findall(shown)]
        return {"pages": pages, "life": "active", "life_passage": "", "facts": list(self._facts(passages))}

    def _facts(self, passages: dict[str, str]) -> Iterator[dict[str, object]]:
        for kept in self._trial.expected.keep:
            chosen = passages_of(kept.sentence, passages)
            statement = " ".join(passages[name] for name in chosen)
            yield {"passages": chosen, "statement": statement, "kind": "work", "time": "current", "caution": "none"}


def passages_of(sentence: str, passages: dict[str, str]) -> list[str]:
    """The passage that holds the sentence, else those that it is made of."""
    wanted = words(sentence)
    held = {name: common_length(wanted, words(text)) for name, text in passages.items()}
    best = max(held, key=held.__getitem__)
    if held[best] >= COVERED * len(wanted):
        return [best]
    parts = (name for name, text in passages.items() if len(words(text)) > 2 and is_part(words(text), wanted))
    return list(parts)[:MAX_PASSAGES]


def is_part(piece: list[str], whole: list[str]) -> bool:
    """Whether a passage is a piece of a sentence."""
    return common_length(piece, whole) >= COVERED * len(piece)


@pytest.mark.parametrize("trial", load_trials(), ids=lambda trial: trial.id)
async def test_nothing_that_is_selected_rightly_is_lost(trial: Trial) -> None:
    async with serving_searches([trial]) as searches:
        steps = TrialSteps(PerfectReader(trial), searches, configured_models(), quiet_log())
        score = await steps.read(trial)
    scores = TrialScores.of([TrialResult(trial, score, {"draft_true": None, "draft_false": None})])
    assert [kept.sentence for kept in score.missed] == []
    assert (scores.pages, scores.recall, scores.forbidden) == (1.0, 1.0, 0)
