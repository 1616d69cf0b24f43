"""What travels through the pipeline.

`PipelineData` is the body of every message of the PIPELINE stream. It only grows: a step returns a copy with its own
part filled in. Unknown fields are kept, so that a worker of an older version passes on what a newer one wrote.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from scribe.common.errors import PermanentError, UnreadableMessageError
from scribe.common.tasks.part import Part
from scribe.common.tasks.usage import Usage, total

SCHEMA_VERSION: Literal[1] = 1
MAX_BODY_BYTES = 512 * 1024


class TemplateType(StrEnum):
    """What kind of evidence a template asks for."""

    RESEARCH = "research"
    BOOK = "book"
    GENERAL = "general"


class Placeholder(Part):
    """A gap in the template, as it stands there (`{{x}}` or `[x]`), and whose detail fills it."""

    text: str
    meaning: str = ""
    about: Literal["recipient", "sender"] = "recipient"


class ParsedTemplate(Part):
    """The parser's result."""

    template_type: TemplateType
    search_terms: tuple[str, ...]
    placeholders: tuple[Placeholder, ...] = ()
    tone: str = ""


class Source(Part):
    """A page that was read. `id` is `S1`, `S2`, … in order of rank; `text` is cut when it is fetched."""

    id: str
    url: str
    title: str = ""
    text: str = ""
    origin: Literal["exa", "page"] = "exa"


FactKind = Literal["position", "work", "publication", "award", "education", "event", "person", "other"]
"""What a fact tells: `event` is something that happened once, `person` is about character or life outside the work."""

ELLIPSIS = " … "
"""Between passages of one source that do not follow each other."""


class Fact(Part):
    """A statement about the recipient with the passages that say so.

    `id` is `F1`, `F2`, …; `quotes` holds, by source id, verbatim passages of that source, joined by ELLIPSIS where
    there are several. `current` is False for what has ended, such as a former position. `certain`: enough to rely on
    without a look at the sources.
    """

    id: str
    statement: str
    source_ids: tuple[str, ...]
    quotes: dict[str, str] = Field(default_factory=dict)
    kind: FactKind = "other"
    current: bool = True
    certain: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read_former(cls, given: object) -> object:
        """Read what workers of the version before wrote: one `quote`, and `uncertain` instead of `certain`."""
        if not isinstance(given, Mapping):
            return given
        fields = dict(given)
        quote, uncertain = fields.pop("quote", None), fields.pop("uncertain", True)
        fields.setdefault("certain", uncertain is False)
        sources = fields.get("source_ids")
        if quote is not None and not fields.get("quotes") and isinstance(sources, list | tuple):
            fields["quotes"] = {str(source_id): quote for source_id in sources[:1]}
        return fields

    @model_serializer(mode="wrap")
    def _write_former(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Write what workers of the version before need as well; to be removed in the release after this one."""
        fields: dict[str, object] = handler(self)
        return {**fields, "quote": next(iter(self.quotes.values()), self.statement), "uncertain": not self.certain}


class Research(Part):
    """The scraper's result. `facts_dropped` counts statements whose quote was not found in their source."""

    sources: tuple[Source, ...] = ()
    facts: tuple[Fact, ...] = ()
    facts_dropped: int = 0


class Paper(Part):
    """A paper on arXiv. `id` is `P1`, `P2`, …, certain ones first, then in order of `score` (higher is better).

    `authors` are the first of `author_count` and always the recipient, whom the paper calls `recipient_author`. Where
    not `certain`, it may be a namesake's.
    """

    id: str
    arxiv_id: str
    title: str
    authors: tuple[str, ...]
    year: int
    url: str
    abstract: str = ""
    score: float = 0.0
    author_count: int = 0
    recipient_author: str = ""
    certain: bool = True


class PipelineData(Part):
    """One task: what was asked, and what the steps have found so far. At most 512 kB as JSON.

    `run` counts how often the task was published; `requested_run` is the run with which the user's latest request
    began: 1, or that of their last retry. Runs between the two continue the same request.
    `failing_for` is for how many seconds the step had failed for reasons that pass, when this run was published.
    `is_reissued`: the run before ended without an outcome, for a reason that may be this task's.
    `waited` is for how many seconds the task has been out of the pipeline, waiting for arXiv's answer.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    task_id: UUID
    user_id: UUID
    run: int = Field(default=1, ge=1)
    requested_run: int = Field(default=1, ge=1)
    failing_for: float = 0.0
    is_reissued: bool = False
    submission: int = 0
    submitted_at: datetime
    email_template: str
    recipient_name: str
    recipient_interest: str
    sender_name: str | None = None

    parsed: ParsedTemplate | None = None
    research: Research | None = None
    papers: tuple[Paper, ...] | None = None
    email_id: UUID | None = None

    waited: float = 0.0
    step_timings: dict[str, float] = Field(default_factory=dict)
    usage: dict[str, Usage] = Field(default_factory=dict)
    role_usage: dict[str, Usage] = Field(default_factory=dict)
    """Usage by role: `parser`, `exa`, `reader`, `composer`, `checker`. A step may have several roles."""
    prompt_versions: dict[str, str] = Field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def cache_scope(self) -> str:
        """Within what an answer that was paid for is used again: the task, until its user asks for a retry."""
        return f"{self.task_id}.{self.requested_run}"

    def with_warning(self, *warnings: str) -> "PipelineData":
        """A copy that carries these warnings too, each once."""
        fresh = tuple(w for w in dict.fromkeys(warnings) if w not in self.warnings)
        return self.model_copy(update={"warnings": self.warnings + fresh})

    def with_skipped(self, step: str) -> "PipelineData":
        """A copy that notes that the task went past this step, which took no time."""
        return self.model_copy(
            update={
                "skipped": tuple(dict.fromkeys((*self.skipped, step))),
                "step_timings": {**self.step_timings, step: 0.0},
            }
        )

    def with_usage(self, step: str, usage: Usage, *, role: str) -> "PipelineData":
        """A copy that has this added to what the step and the role have paid for."""
        by_step = {**self.usage, step: total([*_known(self.usage.get(step)), usage])}
        by_role = {**self.role_usage, role: total([*_known(self.role_usage.get(role)), usage])}
        return self.model_copy(update={"usage": by_step, "role_usage": by_role})


def _known(usage: Usage | None) -> list[Usage]:
    return [usage] if usage is not None else []


def encode(data: PipelineData) -> bytes:
    """The body of a message.

    Raises:
        PermanentError: it would be larger than 512 kB.
    """
    body = data.model_dump_json(exclude_none=True).encode()
    if len(body) > MAX_BODY_BYTES:
        raise PermanentError(
            f"PipelineData of {len(body)} bytes is over the limit of {MAX_BODY_BYTES}",
            public="The material found for this e-mail is too large to work with.",
        )
    return body


def decode(body: bytes) -> PipelineData:
    """The data of a message.

    Raises:
        UnreadableMessageError: it is no PipelineData of a schema this version knows. The text names fields, no values.
    """
    try:
        return PipelineData.model_validate_json(body)
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, e["loc"])) or e["type"] for e in error.errors()}))
        raise UnreadableMessageError(f"not a PipelineData of schema {SCHEMA_VERSION}: {fields}") from None
