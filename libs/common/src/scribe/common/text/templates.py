"""A template made uniform once, before anything reads it: line ends, invisible characters, ways to write a gap."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from scribe.common.text.folding import fold_accents
from scribe.common.text.invisible import with_plain_line_ends, without_invisible
from scribe.common.text.placeholders import find_gaps, fixed_parts, has_unbalanced_brace, overlong_gaps

UNBALANCED = "The template has a curly brace without its partner; check whether a placeholder is misspelt."
RULE_LINE = "A line of underscores stays as it is; write {{what belongs there}} where something is to be filled in."


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LABEL = r"[^\W\d_][\w .'’/&-]{1,58}"
_OTHER_FORMS = re.compile(
    rf"(?<![\w\\{{^_])\$?\{{(?P<brace>{_LABEL})\}}(?!\}})"
    rf"|(?<![\w<])<<?(?P<angle>{_LABEL})>>?"
    rf"|«\s?(?P<quoted>{_LABEL})\s?»"
    r"|(?<![\w%])%(?P<percent>[^\W\d_][\w ]{0,38}[^\W_])%(?![\w%])"
    r"|\((?P<insert>insert\s[^()\n]{1,80})\)"
    r"|(?<![\w/_])(?P<blank>_{3,60})(?![\w/_])",
    re.IGNORECASE,
)
_TAGS = _listed(
    "a abbr b blockquote body br code div em font form h1 h2 h3 h4 h5 h6 head hr html i iframe img input li link "
    "meta noscript ol p pre q s script small span strike strong style sub sup table tbody td template th thead tr "
    "tt u ul analysis assistant data instruction instructions invoke prompt reasoning scratchpad system think "
    "thinking thought tool user"
)
_WORDS_OF_GAPS = _listed(
    "name nombre nom nome vorname nachname firstname lastname surname titel title titre titulo titolo topic thema "
    "theme tema sujet field interest paper papers publication university universitat universite universidad "
    "universita school department company date datum professor recipient sender empfanger absender author book "
    "project research insert your my"
)
"""One of them tells a gap in quotation marks from a quotation."""


@dataclass(frozen=True)
class UniformTemplate:
    """A template in one form, and sentences about what in it was changed or may not mean what it should."""

    text: str
    warnings: tuple[str, ...]


def uniform(text: str) -> UniformTemplate:
    """The template with `\\n`, without invisible characters, its gaps as `{{x}}` or `[x]`. What is uniform stays so."""
    plain = unicodedata.normalize("NFC", without_invisible(with_plain_line_ends(text)))
    understood: list[str] = []
    written: list[str] = []
    gaps = [gap.text for gap in find_gaps(plain)]
    rewrite = _rewriting(understood)
    for part, gap in zip(fixed_parts(plain), [*gaps, ""], strict=True):
        written.append(_OTHER_FORMS.sub(rewrite, part))
        written.append(gap)
    result = "".join(written)
    return UniformTemplate(result, tuple(_warnings(result, understood)))


def _rewriting(understood: list[str]) -> "Callable[[re.Match[str]], str]":
    blanks = 0

    def rewrite(match: "re.Match[str]") -> str:
        nonlocal blanks
        if not _is_gap(match):
            return match.group()
        understood.append(match.group())
        if match["blank"]:
            blanks += 1
            return f"{{{{blank {blanks}}}}}"
        label = next(group for group in match.groups() if group is not None)
        return f"{{{{{label.strip()}}}}}"

    return rewrite


def _is_gap(match: "re.Match[str]") -> bool:
    if match["angle"]:
        return match["angle"].split()[0].casefold() not in _TAGS
    if match["quoted"]:
        return bool(_WORDS_OF_GAPS & set(re.split(r"[\W_]+", fold_accents(match["quoted"]))))
    return not match["blank"] or not _is_rule(match)


def _is_rule(match: "re.Match[str]") -> bool:
    """Whether underscores stand alone in their line."""
    text = match.string
    before, after = text[max(0, match.start() - 80) : match.start()], text[match.end() : match.end() + 80]
    return not before.rpartition("\n")[2].strip() and not after.partition("\n")[0].strip()


def _warnings(text: str, understood: list[str]) -> list[str]:
    found: list[str] = []
    if understood:
        shown = ", ".join(dict.fromkeys(form if len(form) <= 40 else f"{form[:40]}…" for form in understood[:10]))
        found.append(f"Read as placeholders: {shown}. Write them as {{{{name}}}} to be sure.")
    begun = overlong_gaps(text)[:3]
    found += [f"What begins with “{begin}” is too long to be read as a placeholder." for begin in begun]
    if has_unbalanced_brace(text):
        found.append(UNBALANCED)
    if any(_is_rule(match) for match in re.finditer(r"_{3,60}", text)):
        found.append(RULE_LINE)
    return found
