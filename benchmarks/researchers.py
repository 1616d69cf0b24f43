"""Made-up researchers, and the papers that arXiv's stand-in knows of them."""

from scribe.fakes.arxiv_records import FakeRecord
from scribe.fakes.server import Fakes

GIVEN = ("Ada", "Bo", "Cleo", "Dana", "Edda", "Finn", "Gerd", "Hugo", "Ines", "Jana", "Kaja", "Lars", "Mina", "Nils")
SYLLABLES = ("bar", "cer", "dol", "fen", "gar", "hol", "jer", "kel", "lum", "mor", "nox")
PAPERS_EACH = 6


def researchers(count: int) -> list[str]:
    """So many people of different names."""
    families = [f"{a}{b}{c}".capitalize() for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
    return [f"{GIVEN[number % len(GIVEN)]} {families[number]}" for number in range(count)]


def publish(world: Fakes, names: list[str]) -> None:
    """Give each of them papers."""
    world.papers.add(
        *(
            FakeRecord(
                f"{2101 + paper}.{number:05}",
                f"Quantum fluids in confined geometries, part {paper} of {number}",
                (name, f"{GIVEN[paper]} Coauthor{number}"),
                f"202{paper % 5}-01-01",
                "We study quantum fluids. " * 30,
                "cond-mat.quant-gas",
            )
            for number, name in enumerate(names)
            for paper in range(PAPERS_EACH)
        )
    )
