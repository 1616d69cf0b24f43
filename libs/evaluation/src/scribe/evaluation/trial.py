"""One trial: an e-mail to write, what the searches answer, drafts true and false, and what research should find.

`trials/README.md` describes the files.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from scribe.arxiv.client import page_of
from scribe.arxiv.records import Record
from scribe.common.tasks.data import PipelineData, TemplateType

SHIPPED = Path(__file__).parent / "trials"
SUBMITTED = datetime(2026, 1, 15, tzinfo=UTC)
"""When every trial is submitted: papers are ranked by their age, so a request must not change with the calendar."""

NOBODY = UUID(int=0)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class TrialRecipient(_Part):
    """Who is written to."""

    name: str
    interest: str


class Feed(_Part):
    """Which file holds arXiv's answer to a query."""

    search_query: str
    file: str


class TrialCase(_Part):
    """`case.json`. `parser_answer` is the parser's tool input."""

    id: str
    kind: TemplateType
    about: str
    recipient: TrialRecipient
    sender: str | None
    template: str
    parser_answer: dict[str, object]
    arxiv: tuple[Feed, ...]


class Citation(_Part):
    """A page as Exa cites it."""

    url: str
    title: str | None = None
    text: str | None = None


class ExaResponse(_Part):
    """What of Exa's answer is looked at here."""

    citations: tuple[Citation, ...]


class Search(_Part):
    """A question to Exa with its answer."""

    question: str
    response: ExaResponse


class Evidence(_Part):
    """What an id stood for when the drafts were written: a sentence of a page, or the title of a paper."""

    url: str
    fact: str | None = None
    paper: str | None = None


class TrialDraft(_Part):
    """`draft_true.json`, `draft_false.json`: an e-mail, and what its ids stood for."""

    subject: str | None
    body: str
    sources: dict[str, Evidence]

    @property
    def answer(self) -> dict[str, object]:
        """The composer's tool input of today: it names what the e-mail uses, and claims are the checker's."""
        return {"source_ids": list(self.sources), "subject": self.subject, "body": self.body}


class Falsehood(_Part):
    """A sentence of the false draft that is not true."""

    sentence: str
    kind: str
    truth: str


class Expected(_Part):
    """A page, and whom it is about."""

    url: str
    about: Literal["own", "other", "mostly_other"]


class Kept(_Part):
    """A sentence that research should find."""

    sentence: str
    url: str
    form: str


class Refused(_Part):
    """A sentence, or a piece of one, that must not become a fact."""

    sentence: str
    url: str
    why: str
    match: Literal["covered", "exact"]


class Expectation(_Part):
    """`expected.json`."""

    pages: tuple[Expected, ...]
    keep: tuple[Kept, ...]
    refuse: tuple[Refused, ...]


@dataclass(frozen=True)
class Trial:
    """Everything in one folder."""

    folder: Path
    case: TrialCase
    searches: tuple[Search, ...]
    honest: TrialDraft
    false: TrialDraft
    falsehoods: tuple[Falsehood, ...]
    expected: Expectation

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.case.id

    @cached_property
    def pages(self) -> dict[str, Citation]:
        """Every cited page by its URL; of a page cited twice the one with the longer text."""
        cited = [page for search in self.searches for page in search.response.citations]
        return {page.url: page for page in sorted(cited, key=lambda page: len(page.text or ""))}

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The papers of all feeds, each once, in arXiv's order."""
        feeds = (page_of((self.folder / feed.file).read_bytes()) for feed in self.case.arxiv)
        return tuple({record.arxiv_id: record for feed in feeds for record in feed.records}.values())

    def submitted(self) -> PipelineData:
        """The task as its first step gets it."""
        return PipelineData(
            task_id=NOBODY,
            user_id=NOBODY,
            submitted_at=SUBMITTED,
            email_template=self.case.template,
            recipient_name=self.case.recipient.name,
            recipient_interest=self.case.recipient.interest,
            sender_name=self.case.sender,
        )


def load_trials(folder: Path = SHIPPED) -> list[Trial]:
    """All trials of a folder, by name.

    Raises:
        FileNotFoundError: there are none, or a file is missing. TrialFormError: a file has another form.
    """
    found = sorted(path.parent for path in folder.glob("*/case.json"))
    if not found:
        raise FileNotFoundError(f"{folder} holds no folder with a case.json")
    return [_load(path) for path in found]


class TrialFormError(ValueError):
    """A file of a trial is not in the form that it should have."""


_CASE, _SEARCHES, _DRAFT = TypeAdapter(TrialCase), TypeAdapter(tuple[Search, ...]), TypeAdapter(TrialDraft)
_FALSEHOODS, _EXPECTED = TypeAdapter(tuple[Falsehood, ...]), TypeAdapter(Expectation)
_T = TypeVar("_T")


def _load(folder: Path) -> Trial:
    return Trial(
        folder=folder,
        case=_read(folder / "case.json", _CASE),
        searches=_read(folder / "exa.json", _SEARCHES),
        honest=_read(folder / "draft_true.json", _DRAFT),
        false=_read(folder / "draft_false.json", _DRAFT),
        falsehoods=_read(folder / "falsehoods.json", _FALSEHOODS),
        expected=_read(folder / "expected.json", _EXPECTED),
    )


def _read(path: Path, form: TypeAdapter[_T]) -> _T:
    try:
        return form.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise TrialFormError(f"{path}: {where}: {first['msg']}") from error


def drafts_of(trial: Trial) -> Iterable[tuple[str, TrialDraft]]:
    """Both drafts with the names of their files."""
    return (("draft_true", trial.honest), ("draft_false", trial.false))
