"""Writing an e-mail: the template's gaps are filled with what the facts and papers say, and with nothing else."""

import re

from scribe.fakes.model.prompt import Prompt
from scribe.fakes.model.reading import GAP, is_about_sender, label_of
from scribe.fakes.model.rephrasing import retold

_TITLES = re.compile(r"^(?:prof(?:essor)?|dr|mr|mrs|ms)\b\.?\s*", re.IGNORECASE)
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?]\s|\n)\s*\Z")
_CLAUSE_BEGINS = re.compile(r"\b(?:that|because|since|as|how|where|when|while)\s+\Z")
_PARTICLES = {"van", "von", "de", "der", "del", "della", "di", "da", "la", "le", "den", "ten", "ter"}


class ModelEmail:
    """An e-mail that is being written; `used` are the ids of the facts and papers in it."""

    def __init__(self, prompt: Prompt) -> None:
        self._template = prompt.text("template")
        self._name = prompt.field("recipient", "name")
        self._interest = prompt.field("recipient", "I1")
        self._sender = prompt.field("sender", "display_name")
        self._facts = prompt.objects("facts")
        self._papers = prompt.objects("papers")
        self._next_fact = 0
        self._next_paper = 0
        self.used: list[str] = []

    def write(self) -> str:
        """The body: the template with its gaps filled."""
        body = GAP.sub(lambda match: self._fill(match, label_of(match).casefold()), self._template)
        return body if GAP.search(self._template) else self._with_a_sentence(body)

    def _fill(self, match: re.Match[str], label: str) -> str:
        if is_about_sender(label):
            return self._sender if self._sender and "name" in label else match.group()
        if "name" in label or label in ("recipient", "professor", "author"):
            return self._name_as(label)
        if "sentence" in label or "paragraph" in label:
            return self._sentence(label)
        if any(word in label for word in ("paper", "publication", "article", "title")):
            return self._paper()
        if any(word in label for word in ("university", "institution", "affiliation", "department")):
            return self._institution()
        if any(word in label for word in ("interest", "topic", "field", "area", "subject")):
            return self._interest
        return self._detail(match.string[: match.start()])

    def _name_as(self, label: str) -> str:
        if "last name" in label or "surname" in label:
            return surname(self._name)
        return _TITLES.sub("", self._name).split()[0] if "first name" in label else self._name

    def _sentence(self, label: str) -> str:
        """A whole sentence where the gap asks for one."""
        if "paper" in label and self._next_paper < len(self._papers):
            return f"I read your paper “{self._paper()}” and would like to understand it better."
        fact = self._fact()
        if fact is None:
            return f"I would like to learn more about your work on {self._interest}."
        return f"I read that {self._told(fact)}."

    def _paper(self) -> str:
        if self._next_paper >= len(self._papers):
            return f"work on {self._interest}"
        paper = self._papers[self._next_paper]
        self._next_paper += 1
        return self._use(str(paper["title"]), str(paper["id"]))

    def _detail(self, before: str) -> str:
        """A fact, as a sentence where one begins, else as a clause."""
        if _SENTENCE_BEGINS.search(before):
            return self._sentence("").rstrip(".")
        fact = self._fact()
        if fact is None:
            return f"your work on {self._interest}"
        return self._told(fact) if _CLAUSE_BEGINS.search(before) else f"that {self._told(fact)}"

    def _told(self, fact: dict[str, object]) -> str:
        return self._use(retold(str(fact["statement"]), _TITLES.sub("", self._name)), str(fact["id"]))

    def _institution(self) -> str:
        for fact in self._facts:
            found = re.search(r"\bat (?:the )?((?:[A-Z][\w'-]+ ?)+(?:of [A-Z]\w+)?)", str(fact["statement"]))
            if found:
                return self._use(found[1].strip(), str(fact["id"]))
        return "your institution"

    def _fact(self) -> dict[str, object] | None:
        if self._next_fact >= len(self._facts):
            return None
        self._next_fact += 1
        return self._facts[self._next_fact - 1]

    def _use(self, words: str, source_id: str) -> str:
        self.used.append(source_id)
        return words

    def _with_a_sentence(self, body: str) -> str:
        """A template without gaps gets one sentence of its own, before its last paragraph."""
        fact = self._fact()
        if fact is None:
            return body
        sentence = f"I read that {self._told(fact)}."
        head, separator, tail = body.rpartition("\n\n")
        return f"{head}\n\n{sentence}{separator}{tail}" if separator else f"{body}\n\n{sentence}"


def write_email(prompt: Prompt) -> dict[str, object]:
    """The answer to the composer's question."""
    email = ModelEmail(prompt)
    body = email.write()
    return {"source_ids": email.used, "subject": None, "body": body}


def surname(name: str) -> str:
    """The last name with its particles."""
    words = _TITLES.sub("", name).split()
    first = len(words) - 1
    while first > 1 and words[first - 1].casefold() in _PARTICLES:
        first -= 1
    return " ".join(words[first:]) if words else name
