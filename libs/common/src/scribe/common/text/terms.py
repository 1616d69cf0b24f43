"""The words of a text that carry meaning, so that what two texts are about can be compared without a model."""

import re

from scribe.common.text.folding import fold_accents

_WORD = re.compile(r"[a-z0-9]{2,}")
_COMMON = frozenset(
    _WORD.findall(
        "the and for with from into onto over about your their his her its our are was were that this these those what "
        "how work works working research studies study using use based new recent paper papers theory of in on to at "
        "by an as is or be we it interest interests interested field area group lab methods method approach he she "
        "they who has have had been also which where when not no but than then there here i you my me us them him"
    )
)
_ENDINGS = re.findall(r"\w+", "ements ement ations ation ities ity ings ing ies ed es s ical ic al y")
_MIN_STEM = 4


def terms(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, folded and cut to their stems."""
    return frozenset(map(stem, frozenset(_WORD.findall(fold_accents(text))) - _COMMON))


def stem(word: str) -> str:
    """A rough stem: enough that `fluids`, `fluid` and `fluidity` meet, and `entangled` and `entangling`."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word


def plain_words(text: str) -> str:
    """The folded words of `text`, in order and with single spaces: case, punctuation and line ends do not matter."""
    return " ".join(re.findall(r"[^\W_]+", fold_accents(text)))
