"""The last resort: removing the sentences that no correction could fix."""

from collections.abc import Iterable

from scribe.composer.cleaning import tidy
from scribe.composer.draft import Draft


def without_sentences(draft: Draft, unwanted: Iterable[str]) -> Draft:
    """The draft without these sentences, wherever they stand. Paragraphs left empty go too."""
    body = draft.body
    for sentence in sorted(filter(None, set(unwanted)), key=len, reverse=True):
        *before, last = body.split(sentence)
        body = "".join(part.rstrip(" \t") for part in before) + last
    lines = (line.strip() if line.strip(" .,;:!?-") else "" for line in body.splitlines())
    return draft.model_copy(update={"body": tidy("\n".join(lines))})
