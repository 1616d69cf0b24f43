"""Pages as the reader gets them, and a reader that selects what a test wants of them."""

from collections.abc import Mapping

from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo

from scribe.common.models import StructuredModel
from scribe.fakes.controls import Behaviour
from scribe.fakes.model.pages import read_pages
from scribe.fakes.model.prompt import read_prompt
from scribe.scraper.answer import JudgedPage, PagesRead, SelectedFact, Site
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.page_collection import PageCollection, collect
from scribe.scraper.sources import Page
from scribe.scraper.verification import Verified, Verifier
from tests.support.models import from_function, user_prompt

ADA = NameMatcher.named("Dr. Ada Example")
INTEREST = "superfluid helium"
HOME = "https://physics.nowhere.edu/~example/"
NEWS = "https://news.test/ada"
OWN = Page(
    HOME,
    "Ada Example",
    "I am a professor of physics at Nowhere College. My group studies superfluid helium in pores. In 2016 I wrote the "
    "book The Cold Pores. It won the Pore Prize. I live with my husband in Nowhere. Talks cost a fee of $500.",
)
STORY = Page(
    NEWS,
    "A prize for Ada Example",
    "Ada Example is a professor of physics at Nowhere College in Nowhere. Her colleague Bob Other scored a goal. "
    "She was accused of misconduct. Her group studies the superfluid helium that flows in pores.",
)


def collected(*pages: Page, max_tokens: int = 6_000) -> PageCollection:
    """The pages, cleaned and in passages."""
    return collect(pages, ADA, INTEREST, max_tokens)


def read(*facts: SelectedFact, about: Mapping[str, str], site: Site = "own", **fields: object) -> PagesRead:
    """An answer that judges these pages by their first passages and selects these facts."""
    pages = [
        JudgedPage.model_validate({"passage": f"{page}.1", "about": of, "site": site}) for page, of in about.items()
    ]
    return PagesRead.model_validate({"pages": pages, "facts": list(facts), **fields})


def verified(
    pages: PageCollection, answer: PagesRead, language: str | None = "en", interest: str = INTEREST
) -> Verified:
    """What holds of an answer."""
    return Verifier(pages, ADA, interest, language).verified(answer)


def pages() -> PageCollection:
    """Both pages: S1 is hers, S2 a newspaper's."""
    return collected(OWN, STORY)


def fact(*passages: str, statement: str = "", **fields: object) -> SelectedFact:
    """A selected fact."""
    return SelectedFact.model_validate({"passages": list(passages), "statement": statement, **fields})


def held(*facts: SelectedFact, s1: str = "recipient", s2: str = "recipient", language: str = "en") -> Verified:
    """What holds of these facts."""
    return verified(pages(), read(*facts, about={"S1": s1, "S2": s2}), language)


def stand_in_reader(behaviour: Behaviour = "helpful") -> StructuredModel:
    """The stand-in's way of reading pages, without a network."""

    def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        answer = read_pages(read_prompt("", user_prompt(messages)), behaviour)
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, answer)])

    return from_function(say)
