"""The documents are true: generated pages are current, links lead somewhere, commands exist."""

import re
from pathlib import Path

import pytest

from scribe.local import reference

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("libs/*/README.md")])
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"^([a-z0-9-]+):.*##", re.MULTILINE)


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_generated_page_says_what_the_code_says(name: str) -> None:
    page = ROOT / "docs" / "reference" / name
    assert page.read_text("utf-8") == reference.PAGES[name](), "run `make reference`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    targets = [match["target"] for match in LINK.finditer(document.read_text("utf-8"))]
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_is_named_exists(name: str) -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    text = (ROOT / name).read_text("utf-8")
    commands = re.findall(r"(?:^|`)make ((?:[a-z0-9-]+ ?)+)", text, re.MULTILINE)
    named = {word for command in commands for word in command.split()}
    assert named <= targets


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    assert [page.name for page in sorted(folder.glob("0*.md")) if page.name not in index] == []
