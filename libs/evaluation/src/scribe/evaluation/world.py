"""The small world of one case: what the web and arXiv would say, in place of Exa, the browser and arXiv."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scribe.arxiv.answers import Answer as ArxivAnswer
from scribe.arxiv.client import page_of
from scribe.arxiv.latex import readable
from scribe.arxiv.lookups import Lookup
from scribe.arxiv.records import Record
from scribe.common.errors import TransientError
from scribe.scraper.exa import Answer, Citation
from scribe.scraper.sources import ReadPage


class PageRecord(BaseModel):
    """A page on the web; `theirs` is False where it is about a namesake."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    title: str = ""
    text: str
    theirs: bool = True


class PaperRecord(BaseModel):
    """A paper on arXiv."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    year: int
    theirs: bool = True

    def as_record(self) -> Record:
        """The paper as the search gives it."""
        published = datetime(self.year, 3, 1, tzinfo=UTC)
        return Record(
            arxiv_id=self.arxiv_id,
            title=self.title,
            abstract=self.abstract,
            authors=self.authors,
            published=published,
            author_count=len(self.authors),
        )


class World(BaseModel):
    """What there is to find. `feed` adds the records of a real arXiv feed; `arxiv` may be down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: tuple[str, ...] = ()
    pages: tuple[PageRecord, ...] = ()
    papers: tuple[PaperRecord, ...] = ()
    feed: Literal["", "arxiv-au-del-maestro.xml"] = ""
    arxiv: Literal["up", "down"] = "up"
    facts: tuple[str, ...] = Field((), description="Statements that are put among the facts, past the scraper.")

    def records(self) -> tuple[Record, ...]:
        """Everything that arXiv knows under the name."""
        real = page_of((files("scribe.fakes") / "data" / self.feed).read_bytes()).records if self.feed else ()
        return (*(paper.as_record() for paper in self.papers), *real)

    def truth(self) -> Iterable[str]:
        """Every text that is true of the recipient."""
        yield from (f"{page.title}\n{page.text}" for page in self.pages if page.theirs)
        strangers = {paper.arxiv_id for paper in self.papers if not paper.theirs}
        for record in self.records():
            if record.arxiv_id not in strangers:
                yield "\n".join(
                    (readable(record.title), readable(record.abstract), *record.authors, str(record.published.year))
                )


@dataclass(frozen=True)
class WorldAnswers:
    """The search: each question gets the world's answers and every page."""

    world: World

    async def answer(self, question: str, scope: str = "") -> Answer:  # noqa: ARG002 - the world has one subject
        """What Exa would say."""
        citations = tuple(Citation(url=page.url, title=page.title, text=page.text) for page in self.world.pages)
        return Answer(text=" ".join(self.world.answers), citations=citations, cost_usd=0.0)


class NoBrowser:
    """Every page of a world has its text, so none is opened."""

    available = True

    async def read(self, url: str) -> ReadPage | None:  # noqa: ARG002
        """Nothing."""
        return None


@dataclass(frozen=True)
class WorldSearches:
    """The papers."""

    world: World

    async def look_up(self, lookup: Lookup) -> ArxivAnswer:  # noqa: ARG002 - the world has one subject
        """What arXiv would say.

        Raises:
            TransientError: it is down in this world.
        """
        if self.world.arxiv == "down":
            raise TransientError("arxiv answered 503")
        return ArxivAnswer(records=self.world.records())
