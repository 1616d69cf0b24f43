"""Reading a template: its type, its gaps, what to search for."""

import re

from scribe.fakes.model.prompt import Prompt

GAP = re.compile(r"\{\{\s*(?P<curly>[^{}]{1,80}?)\s*\}\}|\[(?P<square>[A-Za-z][^\[\]]{0,80})\](?!\()")
_RESEARCH = re.compile(r"\b(?:papers?|publications?|preprints?|arxiv|your research|research paper)\b", re.IGNORECASE)
_BOOK = re.compile(r"\bbooks?\b", re.IGNORECASE)
_SENDER = re.compile(r"^(?:my|our|sender|student)\b|\bsender\b|^your (?:full )?name$", re.IGNORECASE)


def read_template(prompt: Prompt) -> dict[str, object]:
    """The answer to the parser's question."""
    template = prompt.text("template")
    name, interest = prompt.field("recipient", "name"), prompt.field("recipient", "interest")
    return {
        "template_type": template_type(template),
        "search_terms": [f"{name} {interest}", f"{name} {interest} recent work"],
        "placeholders": [_placeholder(match) for match in GAP.finditer(template)],
        "tone": "polite and direct" if "Dear" in template else "informal",
    }


def template_type(template: str) -> str:
    """By the words that the template uses."""
    if _RESEARCH.search(template):
        return "research"
    return "book" if _BOOK.search(template) else "general"


def label_of(match: re.Match[str]) -> str:
    """What stands between a gap's brackets, as words."""
    return (match["curly"] or match["square"]).replace("_", " ").replace("-", " ").strip()


def is_about_sender(label: str) -> bool:
    """Whether a gap asks for a detail of whoever sends the e-mail."""
    return bool(_SENDER.search(label))


def _placeholder(match: re.Match[str]) -> dict[str, object]:
    label = label_of(match)
    about = "sender" if is_about_sender(label) else "recipient"
    return {"text": match.group(), "meaning": label, "about": about}
