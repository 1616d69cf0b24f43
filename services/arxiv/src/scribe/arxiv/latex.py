"""arXiv's titles and abstracts are LaTeX: this makes them text that a reader of an e-mail understands."""

import re

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerError

_PERCENT = re.compile(r"(?<!\\)%")
_SCRIPT = re.compile(r"(?<=\w)([_^])\{?([0-9+\-]+)\}?|(?<!\w)([\^])\{?([0-9+\-]+)\}?(?=\w)")
_SUBSCRIPTS = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_SUPERSCRIPTS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
MAX_LATEX = 20_000


def readable(latex: str) -> str:
    """`latex` as one line of plain text: accents, Greek letters and small numbers as characters, no markup."""
    if not any(mark in latex for mark in "\\$^_~{"):
        return _one_line(latex)
    source = _PERCENT.sub(r"\\%", latex[:MAX_LATEX])
    try:
        text = str(LatexNodes2Text(math_mode="text", keep_comments=True).latex_to_text(source, tolerant_parsing=True))
    except (LatexWalkerError, IndexError, ValueError, RecursionError):
        text = latex
    return _one_line(_SCRIPT.sub(_script, text))


def _script(match: "re.Match[str]") -> str:
    kind, digits = match.group(1) or match.group(3), match.group(2) or match.group(4)
    return digits.translate(_SUBSCRIPTS if kind == "_" else _SUPERSCRIPTS)


def _one_line(text: str) -> str:
    return " ".join(text.replace("---", "-").replace("--", "-").split())
