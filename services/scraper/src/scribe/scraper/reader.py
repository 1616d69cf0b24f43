"""The reader: a model that says which pages are about the recipient, and selects the passages that tell something."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from scribe.common.models import StructuredModel
from scribe.common.models.asking import Asked, Rejected, ask_until
from scribe.common.models.prompts import Prompt
from scribe.common.tasks.data import PipelineData, TemplateType
from scribe.common.tasks.usage import Usage
from scribe.common.text.fencing import Block
from scribe.common.text.injection import interest_in
from scribe.common.text.language import language_of
from scribe.common.text.placeholders import fixed_parts
from scribe.scraper.answer import Life, PagesRead
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.page_collection import PageCollection, collect
from scribe.scraper.selection import tokens_of
from scribe.scraper.sources import Page
from scribe.scraper.verification import Verified, Verifier

MAX_TRIES = 2
SCHEMA_TOKENS = 900
"""Tokens of the schema and of the blocks around the pages."""
MIN_PAGE_TOKENS = 500


@dataclass(frozen=True)
class Reading:
    """What came of reading the pages. `verified` is None where the model gave no usable answer."""

    collection: PageCollection
    verified: Verified | None
    life: Life
    usage: Usage


class Reader:
    """Reads the pages of a task. `max_tokens` is about how many tokens one request may have in all."""

    def __init__(self, model: StructuredModel, prompt: Prompt, max_tokens: int) -> None:
        self._model = model
        self._prompt = prompt
        self._budget = max(MIN_PAGE_TOKENS, max_tokens - tokens_of(prompt.instructions) - SCHEMA_TOKENS)

    @property
    def prompt_version(self) -> str:
        """The version of the prompt."""
        return self._prompt.version

    async def read(self, data: PipelineData, recipient: NameMatcher, pages: list[Page]) -> Reading:
        """The facts that the pages hold.

        Raises:
            WorkError: no model could be asked.
        """
        interest = interest_in(data.recipient_interest).text

        def prepare() -> tuple[PageCollection, str | None]:
            collection = collect(pages, recipient, interest, self._budget)
            return collection, language_of(" ".join(fixed_parts(data.email_template))) if collection.shown else None

        collection, language = await asyncio.to_thread(prepare)  # both at once: each hop waits for a busy thread's turn
        if not collection.shown:
            return Reading(collection, None, "unknown", Usage(calls=0))
        asked = await self._ask(data, {"name": recipient.shown, "interest": interest}, collection, language)
        if asked.value is None:
            return Reading(collection, None, "unknown", asked.usage)
        verifier = Verifier(collection, recipient, interest, language)
        verified = await asyncio.to_thread(verifier.verified, asked.value)
        return Reading(collection, verified, verifier.life(asked.value), asked.usage)

    async def _ask(
        self, data: PipelineData, recipient: Block, collection: PageCollection, language: str | None
    ) -> Asked[PagesRead]:
        kind = data.parsed.template_type if data.parsed else TemplateType.GENERAL
        blocks: dict[str, Block] = {
            "recipient": recipient,
            "wanted": {"template_type": kind.value, "language": language},
            "pages": collection.listing,
        }

        async def review(read: PagesRead) -> Rejected | None:
            wrong = problems_of(read, collection)
            return Rejected(wrong) if wrong else None

        scope = data.cache_scope
        return await ask_until(self._model, self._prompt, blocks, PagesRead, review, scope=scope, max_tries=MAX_TRIES)


def problems_of(read: PagesRead, collection: PageCollection) -> list[str]:
    """Why an answer is of no use: facts of pages that it does not judge, or ids that mostly do not exist."""
    cited = [passage for fact in read.facts for passage in fact.passages]
    unknown = [passage for passage in cited if passage not in collection.passages]
    judged = {page.page for page in read.pages}
    unjudged = [page.source.id for page in collection.shown if page.source.id not in judged]
    facts_of = Counter(passage.partition(".")[0] for passage in cited)
    missing = [name for name in unjudged if facts_of[name] or not judged]
    problems = [f"Judge every page in `pages`; these are missing: {', '.join(unjudged)}."] if missing else []
    if 2 * len(unknown) > len(cited):
        problems.append("Use only ids of passages that stand in the pages, such as S1.2.")
    return problems
