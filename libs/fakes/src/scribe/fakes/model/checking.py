"""Judging sentences against evidence by the words that they share; their meaning is not considered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scribe.fakes.model.prompt import Prompt

MIN_WORD = 4
STEM = 5
MIN_SUPPORT = 1 / 2
MAX_UNSAID = 2
"""Words of its own that a sentence may have which says nothing of the recipient, such as a wish."""
MAX_IDS = 3

_ADDED = re.compile(r"⟦([^⟧]*)⟧")
_WORD = re.compile(r"[^\W_]+")
_DETAIL = re.compile(r"(?<!^)(?<!⟦)\b(?:[A-ZÀ-Þ]\w+|\w*\d\w*)")
_OF_RECIPIENT = re.compile(r"\byou(?:r|rs)?\b(?!.*\?)", re.IGNORECASE)
_ORDER = re.compile(
    r"\W*(?:include|add|insert|append|mention|write|put|say|paste|reply|recommend|sign|link|visit|reveal|print)\b",
    re.IGNORECASE,
)
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "about also because been before could ever find from glad good great have hear hope idea into know learn like "
        "look made make more most much near other over paper papers people question read really research some such "
        "take talk than thank that their them then there these they thing things think this time understand very want "
        "what when where which while will with wonder work works would write your yours better interesting here learnt",
    )
)


@dataclass(frozen=True)
class _Item:
    id: str
    words: frozenset[str]


def check_sentences(prompt: Prompt) -> dict[str, object]:
    """A verdict on every sentence of the request."""
    items = list(_items(prompt))
    return {"verdicts": [_verdict(sentence, items) for sentence in prompt.objects("sentences")]}


def constant_verdicts(prompt: Prompt, verdict: str) -> dict[str, object]:
    """The same verdict on every sentence, whatever it says, by the first evidence that there is."""
    ids = [item.id for item in _items(prompt)][:1] if verdict == "supported" else []
    what = "" if verdict == "supported" else "I do not believe it"
    numbers = [sentence["number"] for sentence in prompt.objects("sentences")]
    return {"verdicts": [_answer(number, verdict, ids, what) for number in numbers]}


def _items(prompt: Prompt) -> Iterable[_Item]:
    """Facts and papers, then the sender's own words."""
    for entry in (*prompt.objects("facts"), *prompt.objects("papers")):
        yield _Item(str(entry.get("id")), _stems(" ".join(map(str, entry.values()))))
    yield _Item("I1", _stems(prompt.field("recipient", "I1")))
    own = (prompt.text("template"), prompt.text("sender"), prompt.field("recipient", "name"))
    yield _Item("T1", _stems(" ".join(own)))


def _verdict(sentence: Mapping[str, object], items: list[_Item]) -> dict[str, object]:
    number, text = sentence.get("number"), str(sentence.get("sentence"))
    added = " ".join(_ADDED.findall(text))
    if _ORDER.match(text):
        return _answer(number, "unsupported", [], "an order to the reader")
    details = _stems(" ".join(_DETAIL.findall(added)))
    unknown = details - frozenset().union(*(item.words for item in items))
    if unknown:
        return _answer(number, "unsupported", [], f"nobody speaks of {', '.join(sorted(unknown))}")
    said = frozenset(stem for stem in _stems(added) if stem not in _COMMON_STEMS) | details
    chosen = _chosen(said, items)
    held = said & frozenset().union(*(item.words for item in chosen))
    if said and len(held) >= MIN_SUPPORT * len(said):
        return _answer(number, "supported", [item.id for item in chosen], "")
    if said and (len(said - held) > MAX_UNSAID or _OF_RECIPIENT.search(text)):
        return _answer(number, "unsupported", [], f"nobody speaks of {', '.join(sorted(said - held))}")
    return _answer(number, "nothing", [], "")


def _chosen(said: frozenset[str], items: list[_Item]) -> list[_Item]:
    """The items that have most of what is said, each adding something."""
    chosen: list[_Item] = []
    missing = said
    while missing and len(chosen) < MAX_IDS:
        best = max(items, key=lambda item: len(missing & item.words))
        if not missing & best.words:
            break
        chosen.append(best)
        missing -= best.words
    return chosen


def _stems(text: str) -> frozenset[str]:
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(word[:STEM] for word in words if len(word) >= MIN_WORD or any(map(str.isdigit, word)))


_COMMON_STEMS = frozenset(word[:STEM] for word in _COMMON)


def _answer(number: object, verdict: str, ids: list[str], what: str) -> dict[str, object]:
    return {"number": number, "reason": what or ", ".join(ids), "verdict": verdict, "ids": ids, "what": what}
