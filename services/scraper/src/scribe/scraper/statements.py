"""Sentences judged without a model: fit to be a fact, and saying the same as another."""

import re

from scribe.common.text.terms import terms

SHORTEST, LONGEST = 30, 400
MIN_WORDS = 5
MIN_IN_COMMON = 3
SUPPORT = 0.75
"""Share of a statement's words that a sentence must hold to say the same."""

_NEGATION = re.compile(
    r"\b(?:not|never|no longer|without|former|formerly|isn't|wasn't|didn't|denied|declined)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_VERB = re.compile(
    r"\b(?:is|was|are|were|has|have|had|leads|led|works|studies|develops|won|wrote|teaches|taught|directs|proves|shows"
    r"|holds|held|serves|focuses|investigates|explores|uses|describes|combines|became|began|[a-z]{2,}ed"
    r"|built|made|gave|found|ran|grew|took|drew|saw|set|put|came|went|spoke|sought|brought|chose|sang|rose"
    r"|left|laid|kept|spent|met|thought|knew|lost|told|overcame"
    r"|[A-Z][\w'’-]+ (?:[a-z]+ly |also |now )?[a-z]{3,}s"
    r"|(?:research|work|book|group|team|lab|laborator(?:y|ies)|students|colleagues) [a-z]{3,}"
    r"|ist|hat|wurde|forscht|lehrt|est|était|dirige|enseigne|è|es|fue|investiga|ha|lavora)\b"
)
_UNFIT = re.compile(
    r"https?:|www\.|\S@\S|(?:\+?\d[\s().\-]{0,2}){9,}|cookies?\b|javascript|\blog ?in\b|\bsign (?:in|up)\b|subscribe"
    r"|copyright|©|all rights reserved|click here|privacy policy|terms of (?:use|service)|[{}<>`|]",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules?|above|previous|template)\b"
    r"|\binstructions?\b.{0,30}\b(?:model|assistant|writer)\b|\bsystem (?:prompt|message)\b|\blanguage model\b"
    r"|\b(?:assistant|system|user|human)\s*:|\byou (?:must|should|are to|will now)\b|\bthe e-?mail (?:must|should)\b"
    r"|\b(?:reply|respond|write|include|insert|add|append|mention|send)\b.{0,40}\b(?:e-?mail|message|link|answer|response)\b",
    re.IGNORECASE,
)
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CITATION = re.compile(r"\s*\(?\[\[?[^\]]*\]?\]\([^)\s]*\)(?:,\s*\[[^\]]*\]\([^)\s]*\))*\)?|\s*\[\d+\]")
_MARKUP = re.compile(r"\*\*|__|(?m:^\s*(?:#+|[-*•]|\d+[.)])\s+)")


def without_marks(answer: str) -> str:
    """An answer of Exa without its citations and Markdown."""
    return _MARKUP.sub("", _CITATION.sub("", answer))


def is_fit(sentence: str) -> bool:
    """Whether a sentence can be a fact: whole, of a sensible length, no boilerplate, contact detail or command."""
    return (
        _is_whole(sentence)
        and sentence[0].isalnum()
        and not sentence.endswith((":", "?", "...", "…"))
        and _UNFIT.search(sentence) is None
        and not is_command(sentence)
    )


def _is_whole(sentence: str) -> bool:
    if _IDEOGRAPH.search(sentence):  # no blanks, and no verb that could be told by its letters
        return SHORTEST / 3 <= len(sentence) <= LONGEST
    words = len(sentence.split())
    return SHORTEST <= len(sentence) <= LONGEST and words >= MIN_WORDS and _VERB.search(sentence) is not None


def is_command(sentence: str) -> bool:
    """Whether a sentence addresses whoever reads it by machine."""
    return _COMMAND.search(sentence) is not None


def says_the_same(statement: str, sentence: str, name: frozenset[str]) -> bool:
    """Whether `sentence` holds what `statement` says: most of its words, all of its numbers, and no other negation.

    The words of the person's `name` do not count: every sentence has them.
    """
    if set(_NUMBER.findall(statement)) - set(_NUMBER.findall(sentence)):
        return False
    if bool(_NEGATION.search(statement)) != bool(_NEGATION.search(sentence)):
        return False
    wanted = terms(statement) - name
    return len(wanted) >= MIN_IN_COMMON and len(wanted & terms(sentence)) >= SUPPORT * len(wanted)
