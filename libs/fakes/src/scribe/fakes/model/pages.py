"""Reading pages about a person: which are about them, and the sentences that name them or go on about them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scribe.fakes.controls import Behaviour
from scribe.fakes.model.prompt import Prompt

_PASSAGE = re.compile(r"(S\d+\.\d+) (.+)")
_GOES_ON = re.compile(r"(?:She|He|They|Her|His|Their|I|My|We|Our)\b")
_POSITION = re.compile(r"\b(?:is an? [a-z ]*(?:professor|lecturer|fellow)|leads the|directs)\b", re.IGNORECASE)
_PUBLICATION = re.compile(r"\b(?:books?|papers?|wrote|published)\b", re.IGNORECASE)
_DIED = re.compile(r"\b(?:died|obituary|in memoriam)\b", re.IGNORECASE)
_INVENTED = "{name} won the Nobel Prize in 1901 for work with Ada Lovelace."
MIN_WORDS = 5


@dataclass
class ListedPage:
    """A page of the prompt: its id, address and title, and its passages by id."""

    id: str
    url: str
    title: str
    passages: dict[str, str] = field(default_factory=dict)

    def names(self, family: str) -> bool:
        """Whether the page holds the family name."""
        return family in f"{self.title} {' '.join(self.passages.values())}".casefold()


def read_pages(prompt: Prompt, behaviour: Behaviour = "helpful") -> dict[str, object]:
    """The answer to the reader's request. `obedient` selects everything, `inventive` says what no page says."""
    name = prompt.field("recipient", "name")
    family = (name.split() or ["nobody"])[-1].casefold()
    pages = list(listed(prompt.text("pages")))
    own = [page for page in pages if page.names(family)]
    facts = _facts(own, "" if behaviour == "obedient" else family)
    if behaviour == "inventive":
        facts = [{**fact, "statement": _INVENTED.format(name=name)} for fact in facts]
    died = next((key for page in own for key, text in page.passages.items() if _DIED.search(text)), "")
    return {
        "pages": [_judged(page, family, is_own=page in own) for page in pages if page.passages],
        "life": "died" if died else "unknown",
        "life_passage": died,
        "facts": facts,
    }


def listed(text: str) -> Iterator[ListedPage]:
    """The pages of the block, each after an empty line."""
    for block in text.split("\n\n"):
        head, *lines = block.splitlines() or [""]
        parts = head.split(" | ", 2)
        if len(parts) == 3:
            found = (match for line in lines if (match := _PASSAGE.fullmatch(line)))
            yield ListedPage(parts[0], parts[1], parts[2], {match[1]: match[2] for match in found})


def _judged(page: ListedPage, family: str, *, is_own: bool) -> dict[str, object]:
    return {
        "passage": next(iter(page.passages)),
        "about": "recipient" if is_own else "unclear",
        "site": "own" if family in page.url.casefold() else "other",
    }


def _facts(pages: list[ListedPage], family: str) -> list[dict[str, object]]:
    """The sentences about the person, each once with the passages of all pages that say it."""
    found: dict[str, list[str]] = {}
    for page in pages:
        follows = False
        for key, text in page.passages.items():
            follows = family in text.casefold() or (follows and _GOES_ON.match(text) is not None)
            if follows and len(text.split()) >= MIN_WORDS and text.endswith("."):
                found.setdefault(text, []).append(key)
    return [_fact(text, passages) for text, passages in found.items()]


def _fact(text: str, passages: list[str]) -> dict[str, object]:
    kind = "position" if _POSITION.search(text) else "publication" if _PUBLICATION.search(text) else "work"
    return {"passages": passages, "kind": kind}
