"""A new commit costs an image its own code, and no layer that something was installed into."""

import re
from pathlib import Path

DOCKERFILE = (Path(__file__).parents[2] / "Dockerfile").read_text("utf-8")
STAGES = re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL)


def test_nothing_is_run_where_the_commit_is_known() -> None:
    knowing: set[str] = set()
    for parent, name, text in STAGES:
        if parent in knowing or "ARG REVISION" in text:
            knowing.add(name)
            assert "\nRUN " not in f"\n{text}", f"{name}: an ARG is part of the cache's key of each RUN after it"
    assert {"gateway", "scraper"} <= knowing


def test_the_base_image_is_named_once_so_that_it_can_be_pinned() -> None:
    outside = {parent for parent, _name, _text in STAGES} - {name for _parent, name, _text in STAGES}
    assert outside == {"${BASE}", "scratch"}
