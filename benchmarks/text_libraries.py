"""Names and stems by libraries and by our own code, on the examples of the tests and on families of English words.

uv run --with nameparser --with snowballstemmer python -m benchmarks.text_libraries
"""

from collections.abc import Callable
from importlib import import_module
from itertools import combinations

from scribe.common.text.folding import fold_accents
from scribe.common.text.names import parse_name
from scribe.common.text.terms import stem
from tests.unit.text.test_names import AMY_MAID, TOLD_APART

FAMILIES = """
fluid fluids fluidity|entangle entangled entangling entanglement|study studies studied studying
network networks networked|robot robots robotic robotics|linguistic linguistics
simulate simulation simulations simulated simulating|optimize optimization optimizing optimized
catalyst catalysts catalysis catalytic|probability probabilistic|economy economic economics economical
migrate migration migrants|politics political politically|chemistry chemical chemicals|cell cells cellular
theory theories theoretical|galaxy galaxies galactic|quantum quantized|protein proteins|algebra algebraic
geometry geometric geometries|education educational|memory memories|inequality inequalities
learning learned learner learners
""".strip().replace("\n", "|")
STRANGERS = """
university universe|organ organization|general generate|policy police|news new|arm army|import important
ration rational|physics physician|experiment experience|ocean oceania|matter mattress|station static
intern international|numeral numerous|communism community
""".strip().replace("\n", "|")

Split = Callable[[str], tuple[str, str]]


def ours(text: str) -> tuple[str, str]:
    """Given and family name."""
    person = parse_name(text)
    return (" ".join(person.given), person.whole_family) if person else ("", "")


def by_nameparser(text: str) -> tuple[str, str]:
    """Given and family name, folded."""
    name = import_module("nameparser").HumanName(text)
    given, family = (
        " ".join(fold_accents(part).replace("-", " ").replace(".", " ").split())
        for part in (f"{name.first} {name.middle}", name.last)
    )
    return given, family


def right(split: Split) -> str:
    """How many of the examples come out right."""
    wanted = [(text, ("amy", "maid")) for text in AMY_MAID]
    wanted += [(text, (given, family)) for text, given, family, _ in TOLD_APART]
    return f"{sum(split(text) == parts for text, parts in wanted)} of {len(wanted)}"


def joined(stemmed: Callable[[str], str], families: str) -> str:
    """How many pairs of words have one stem."""
    pairs = [pair for family in families.split("|") for pair in combinations(family.split(), 2)]
    return f"{sum(stemmed(one) == stemmed(other) for one, other in pairs)} of {len(pairs)}"


def main() -> None:
    """Print both comparisons."""
    for title, split in (("ours", ours), ("nameparser", by_nameparser)):
        print(f"names, {title}: {right(split)}")
    snowball: Callable[[str], str] = import_module("snowballstemmer").stemmer("english").stemWord
    for title, stemmed in (("ours", stem), ("snowball", snowball)):
        print(f"stems, {title}: {joined(stemmed, FAMILIES)} joined, {joined(stemmed, STRANGERS)} wrongly")


if __name__ == "__main__":
    main()
