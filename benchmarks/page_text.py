"""Sentence splitters on the pages of the trials, and on text that is made to be slow; whatever is installed takes part.

uv run --with pysbd --with nupunkt --with syntok python -m benchmarks.page_text
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from time import perf_counter

from benchmarks.contract import Benchmark, Figure, Results, Table
from scribe.common.text.language import language_of
from scribe.evaluation.matching import words
from scribe.evaluation.trial import SHIPPED, Trial, load_trials
from scribe.scraper.exa import CITATION_BYTES
from scribe.scraper.page_text import clean, lines_of

Splitter = Callable[[str, str], list[str]]
SLOW = "![" * (CITATION_BYTES // 2)


def _syntok(text: str, _language: str) -> list[str]:
    paragraphs = import_module("syntok.segmenter").analyze(text)
    return ["".join(t.spacing + t.value for t in sentence) for paragraph in paragraphs for sentence in paragraph]


def _pysbd(text: str, language: str) -> list[str]:
    known = language if language in {"en", "de"} else "en"
    return [str(found) for found in import_module("pysbd").Segmenter(language=known, clean=False).segment(text)]


SPLITTERS: dict[str, Splitter] = {
    "sentencex": lambda text, language: list(import_module("sentencex").segment(language, text)),
    "syntok": _syntok,
    "nupunkt": lambda text, _language: list(import_module("nupunkt").sent_tokenize(text)),
    "pysbd": _pysbd,
}


KINDS = ("whole", "longer", "cut")


def sentences_of(trial: Trial, split: Splitter) -> dict[str, list[str]]:
    """The sentences of each page, in normal form."""
    found: dict[str, list[str]] = {}
    for url, page in trial.pages.items():
        text = clean(page.text or "", CITATION_BYTES)
        language = language_of(text) or "en"
        pieces = (piece for line in lines_of(text) for piece in split(line.text, language))
        found[url] = [" ".join(words(piece)) for piece in pieces]
    return found


def outcomes(split: Splitter) -> Iterator[str]:
    """For each sentence that research should find: whole, in a longer piece, or cut."""
    for trial in load_trials(SHIPPED):
        pages = sentences_of(trial, split)
        for kept in trial.expected.keep:
            wanted = " ".join(words(kept.sentence))
            found = pages[kept.url]
            yield "whole" if wanted in found else "longer" if any(wanted in piece for piece in found) else "cut"


def figures(name: str, split: Splitter) -> Iterator[tuple[str, float]]:
    """What a splitter does with the trials, and how long it takes for marks."""
    begin = perf_counter()
    found = list(outcomes(split))
    between = perf_counter()
    split(SLOW, "en")
    for kind in KINDS:
        yield f"page_text.{name}_{kind}_sentences", float(found.count(kind))
    yield f"page_text.{name}_s", between - begin
    yield f"page_text.{name}_marks_s", perf_counter() - between


async def measure() -> Results:
    """Each splitter that is installed."""
    found: dict[str, float] = {}
    for name, split in SPLITTERS.items():
        with suppress(ImportError):
            found.update(figures(name, split))
    return found


def _row(name: str) -> tuple[str | Figure, ...]:
    counts = [Figure(f"page_text.{name}_{kind}_sentences", "{:.0f}") for kind in KINDS]
    return name, *counts, *(Figure(f"page_text.{name}{part}_s", "{:.2f} s") for part in ("", "_marks"))


TABLE = Table(("splitter", *KINDS, "with reading", "for marks"), tuple(map(_row, SPLITTERS)))
BENCHMARK = Benchmark("page_text", measure, TABLE, is_optional=True)


if __name__ == "__main__":
    print(TABLE.markdown(asyncio.run(measure())))
