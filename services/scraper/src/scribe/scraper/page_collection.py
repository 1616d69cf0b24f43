"""The pages of one task as the reader gets them: cleaned, in passages, copies set aside, within the budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scribe.common.tasks.data import Source
from scribe.common.text.injection import reads_like_an_instruction
from scribe.scraper.mirrors import mirror_groups
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.passages import PageText, Passage, read_page
from scribe.scraper.selection import ReadablePage, worth_reading
from scribe.scraper.sources import Page, as_source

GAP = "…"


@dataclass(frozen=True)
class PageCollection:
    """`originals` tells for each page which one stands for it and its copies; `shown` are the pages to read."""

    sources: Mapping[str, Source]
    texts: Mapping[str, PageText]
    originals: Mapping[str, str]
    shown: Sequence[ReadablePage]

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """Every passage by its id."""
        return {passage.id: passage for text in self.texts.values() for passage in text.passages}

    @property
    def hostile(self) -> int:
        """Passages that were left out because they speak to a model."""
        return sum(text.hostile for text in self.texts.values())

    @property
    def listing(self) -> str:
        """The pages to read as text: a line for each page, and one for each passage."""
        return "\n\n".join(map(_listing_of, self.shown))


def collect(pages: Sequence[Page], recipient: NameMatcher, interest: str, max_tokens: int) -> PageCollection:
    """The pages that hold any text, the best first. Takes a while for long pages: not for the event loop."""
    texts, sources = dict[str, PageText](), dict[str, Source]()
    for number, page in enumerate(pages, 1):
        read = read_page(f"S{number}", page.text, recipient)
        if read.passages:
            source = as_source(number, page, read.text)
            texts[source.id], sources[source.id] = read, source
    originals = mirror_groups({name: text.text for name, text in texts.items()})
    readable = [ReadablePage(sources[name], texts[name].passages) for name in texts if originals[name] == name]
    return PageCollection(sources, texts, originals, worth_reading(readable, recipient, interest, max_tokens))


def _listing_of(page: ReadablePage) -> str:
    title = " ".join(page.source.title.split())
    shown_title = "" if reads_like_an_instruction(title) else title
    lines = [f"{page.source.id} | {''.join(page.source.url.split())} | {shown_title}"]
    expected = 1
    for passage in page.passages:
        if passage.number != expected:
            lines.append(GAP)
        lines.append(f"{passage.id} {passage.text}")
        expected = passage.number + 1
    return "\n".join(lines)
