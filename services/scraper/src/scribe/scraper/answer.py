"""What the reader is asked to answer. Each word of it is waited for, so what is mostly so is left out."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scribe.common.tasks.data import FactKind

About = Literal["recipient", "other", "unclear"]
Site = Literal["own", "institution", "other"]
Time = Literal["current", "past", "outdated"]
Caution = Literal["none", "private", "sensitive"]
Life = Literal["active", "retired", "died", "unknown"]


def _or(default: str, *allowed: str) -> BeforeValidator:
    """A word that is none of those allowed costs itself, not the whole answer."""
    return BeforeValidator(lambda value: value if value in allowed else default)


def _id(value: object) -> object:
    return value.strip(" []().,").upper() if isinstance(value, str) else value


PassageId = Annotated[str, BeforeValidator(_id)]


class JudgedPage(BaseModel):
    """One page, named by the passage that tells whom it is about, and whose site it is on."""

    model_config = ConfigDict(frozen=True)

    passage: PassageId
    about: Annotated[About, _or("unclear", *get_args(About))]
    site: Annotated[Site, _or("other", *get_args(Site))] = "other"

    @property
    def page(self) -> str:
        """The id of its source: `S2` of `S2.14`."""
        return self.passage.partition(".")[0]


class SelectedFact(BaseModel):
    """Passages that tell something about the recipient. Without a statement the first of them says it by itself."""

    model_config = ConfigDict(frozen=True)

    passages: list[PassageId]
    statement: str = ""
    kind: Annotated[FactKind, _or("other", *get_args(FactKind))] = "work"
    time: Annotated[Time, _or("current", *get_args(Time))] = "current"
    caution: Annotated[Caution, _or("none", *get_args(Caution))] = "none"


class PagesRead(BaseModel):
    """What the pages say about the recipient."""

    model_config = ConfigDict(frozen=True)

    who: str = ""
    """Written first, so that the judgements after it agree with each other; nothing else is done with it."""
    pages: list[JudgedPage]
    life: Annotated[Life, _or("unknown", *get_args(Life))] = "unknown"
    life_passage: PassageId = ""
    facts: list[SelectedFact] = Field(default_factory=list)
