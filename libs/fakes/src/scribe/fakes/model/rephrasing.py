"""Telling the recipient what a page says about them, in words that are not the page's."""

import re

MAX_WORDS = 10
"""A longer run of a page's words would be a copy."""

_IRREGULAR = {"is": "are", "has": "have", "was": "were", "does": "do"}
_CONNECTIVES = {
    "and",
    "which",
    "who",
    "that",
    "with",
    "in",
    "of",
    "on",
    "at",
    "for",
    "from",
    "to",
    "as",
    "by",
    "across",
}
_OWN = re.compile(r"\b(?:his|her|their)\b")


def retold(statement: str, name: str) -> str:
    """A clause that can follow `that`: `you lead a group`, `your group develops methods`. At most ten words."""
    plain = statement.strip().rstrip(".")
    words = [re.escape(word) for word in name.split()]
    person = rf"(?:(?:Prof(?:essor)?|Dr)\.? )?(?:{'(?: '.join(words)}{')?' * (len(words) - 1)}|{_tails(words)})"
    if group := re.match(rf"(?:The|In the) (?P<thing>\w+) of {person}\b,? ?", plain):
        return _shortened(f"your {group['thing']} {plain[group.end() :]}")
    if subject := re.match(rf"{person}(?P<own>['’]s)?\s+", plain):
        rest = plain[subject.end() :]
        return _shortened(f"your {rest}" if subject["own"] else f"you {_second_person(rest)}")
    return _shortened(re.sub(rf",? by {person}\b", "", plain))


def _tails(words: list[str]) -> str:
    """Every end of the name, the longest first: `Del Maestro`, `Maestro`."""
    return "|".join(" ".join(words[start:]) for start in range(1, len(words))) or words[0]


def _second_person(clause: str) -> str:
    verb, _, rest = clause.partition(" ")
    return f"{_IRREGULAR.get(verb, _plural(verb))} {_OWN.sub('your', rest)}".strip()


def _plural(verb: str) -> str:
    """`leads` as `lead`, `studies` as `study`; a past form stays."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("ches", "shes", "sses", "xes", "zes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def _shortened(clause: str) -> str:
    words = clause.split()[:MAX_WORDS]
    if len(clause.split()) > MAX_WORDS:
        # Not within a name: `the University of Tennessee`.
        ends = [
            place
            for place, word in enumerate(words)
            if place > 2 and word.lower() in _CONNECTIVES and not words[place - 1][0].isupper()
        ]
        words = words[: ends[-1]] if ends else words
        words = words[:-2] if len(words) > 5 and words[-3].endswith(",") else words
    return " ".join(words).rstrip(",;:")
