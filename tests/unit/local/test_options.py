"""Options and files that people get wrong are answered with a sentence that says what to do."""

from pathlib import Path

import pytest

from scribe.local.browser import browser_note
from scribe.local.commands.email import read_template
from scribe.local.commands.up import parse_replicas
from scribe.local.errors import LocalError


def test_replicas_are_read() -> None:
    assert parse_replicas(["parser=2", "composer=3"]) == {"parser": 2, "composer": 3}


@pytest.mark.parametrize("value", ["parser", "parser=", "parser=0", "parser=99", "gateway=2", "parser=two", "=2"])
def test_other_replicas_are_refused_with_the_form(value: str) -> None:
    with pytest.raises(LocalError, match="write STEP=N"):
        parse_replicas([value])


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"missing.txt cannot be read \(No such file"):
        read_template(tmp_path / "missing.txt")


def test_a_folder_is_no_template(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be read"):
        read_template(tmp_path)


def test_a_template_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "template.txt").write_bytes("Grüße".encode("latin-1"))
    with pytest.raises(LocalError, match="UTF-8"):
        read_template(tmp_path / "template.txt")


def test_an_empty_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "template.txt").write_text(" \n")
    with pytest.raises(LocalError, match="is empty"):
        read_template(tmp_path / "template.txt")


def test_a_browser_that_is_named_must_be_there() -> None:
    with pytest.raises(LocalError, match="SCRIBE_CHROMIUM names /nowhere/chromium"):
        browser_note({"SCRIBE_CHROMIUM": "/nowhere/chromium"})
