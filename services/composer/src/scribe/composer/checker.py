"""A second model judges each sentence that the writer has added against the evidence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scribe.common.models import Rejected, StructuredModel, ask_until
from scribe.common.models.prompts import Prompt
from scribe.common.tasks.usage import Usage
from scribe.common.text.fencing import Block, Json
from scribe.composer.added import AddedSentence
from scribe.composer.evidence import INTEREST
from scribe.composer.material import Material
from scribe.composer.showing import shown_to_checker

MAX_TRIES = 2
AGAIN = (
    "These sentences had no verdict, or were called supported without an id that exists. Judge each of them: name the "
    "ids, or choose another verdict."
)

_ID = re.compile(r"[A-Z]\d{1,3}")


def _as_verdict(given: object) -> object:
    """Small models write `Supported` and `not supported`; whatever is neither word of the schema is no support."""
    word = str(given).strip().casefold()
    return word if word in ("supported", "nothing") else "unsupported"


def _as_ids(given: object) -> object:
    """`["F1", "P2"]`, also where a model writes `"F1, P2"` or `["[F1]"]`."""
    return list(dict.fromkeys(_ID.findall(str(given).upper())))


class SentenceVerdict(BaseModel):
    """What the evidence says of one sentence."""

    # A model is asked for every field; where it leaves one out all the same, that one is empty.
    model_config = ConfigDict(
        frozen=True, json_schema_extra={"required": ["number", "reason", "verdict", "ids", "what"]}
    )

    number: int
    reason: str = Field(
        "", description="The added claims one by one, each with the id that says so or what is wrong: at most 30 words."
    )
    verdict: Annotated[Literal["supported", "unsupported", "nothing"], BeforeValidator(_as_verdict)]
    ids: Annotated[list[str], BeforeValidator(_as_ids)] = Field(
        default_factory=list, description="Every id that the sentence rests on; empty unless supported."
    )
    what: str = Field(
        "", description="If unsupported: what is not so, and what the evidence says instead, in at most 15 words."
    )


class CheckerAnswer(BaseModel):
    """The verdict on every numbered sentence, in order."""

    model_config = ConfigDict(frozen=True)

    verdicts: list[SentenceVerdict]


@dataclass(frozen=True)
class Checked:
    """The verdicts by the sentence's number. A sentence without one could not be judged."""

    verdicts: Mapping[int, SentenceVerdict] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)


class Checker:
    """The checker's model and prompt."""

    def __init__(self, model: StructuredModel, prompt: Prompt) -> None:
        self._model = model
        self._prompt = prompt

    @property
    def version(self) -> str:
        """The version of the prompt."""
        return self._prompt.version

    async def check(
        self, sentences: Sequence[AddedSentence], material: Material, used: Sequence[str] = (), scope: str = ""
    ) -> Checked:
        """The verdicts on these sentences; `used` are the ids of what the writer has used, as far as it says so.

        What a first answer lacks, or supports by nothing, is asked for once more; without a verdict it stays unjudged.

        Raises:
            WorkError: no model answers.
        """
        verdicts: dict[int, SentenceVerdict] = {}

        async def review(answer: CheckerAnswer) -> Rejected | None:
            verdicts.update((verdict.number, verdict) for verdict in answer.verdicts)
            poor = [sentence for sentence in sentences if not _is_usable(verdicts.get(sentence.number), material)]
            return Rejected([AGAIN], {"sentences": _numbered(poor)}) if poor else None

        blocks = blocks_of(sentences, material, used)
        asked = await ask_until(
            self._model, self._prompt, blocks, CheckerAnswer, review, scope=scope, max_tries=MAX_TRIES
        )
        return Checked(verdicts, asked.usage)


def _is_usable(verdict: SentenceVerdict | None, material: Material) -> bool:
    """Support by nothing that exists is most often an id forgotten."""
    if verdict is None:
        return False
    return verdict.verdict != "supported" or any(i in material.citable for i in verdict.ids)


def blocks_of(sentences: Sequence[AddedSentence], material: Material, used: Sequence[str] = ()) -> dict[str, Block]:
    """The data blocks of the checker's prompt."""
    return {
        "template": material.template,
        "recipient": {"name": material.name, INTEREST: material.interest},
        "sender": material.sender_name,
        **shown_to_checker(material, " ".join(sentence.added for sentence in sentences), used),
        "sentences": _numbered(sentences),
    }


def _numbered(sentences: Sequence[AddedSentence]) -> list[Mapping[str, Json]]:
    return [_as_block(sentence) for sentence in sentences]


def _as_block(sentence: AddedSentence) -> Mapping[str, Json]:
    unknown = {"new_words": ", ".join(sentence.unknown)} if sentence.unknown else {}
    return {"number": sentence.number, "sentence": sentence.marked, **unknown}
