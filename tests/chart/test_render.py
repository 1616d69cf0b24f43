"""Whatever values the chart takes, what comes out are objects that Kubernetes accepts."""

import copy

import pytest

from tests.chart.cases import CASES, EVERYTHING
from tests.chart.rendering import SCRIBE_DEV, Values, part, problems, render

DEV_CASES: dict[str, Values] = {
    "least": {},
    "real keys": {"fakes": {"enabled": False}},
    "open": {"networkPolicy": {"enabled": False}},
}


@pytest.mark.parametrize("case", CASES)
def test_every_object_fits_the_schema_of_its_kind(case: str) -> None:
    found = render(CASES[case])
    assert [problem for item in found.objects for problem in problems(item)] == []


@pytest.mark.parametrize("case", DEV_CASES)
def test_every_object_of_the_development_chart_fits_its_schema(case: str) -> None:
    found = render(DEV_CASES[case], chart=SCRIBE_DEV)
    assert [problem for item in found.objects for problem in problems(item)] == []


@pytest.mark.parametrize("kind", sorted(render(EVERYTHING).kinds()))
def test_a_misspelt_field_would_be_seen(kind: str) -> None:
    item = copy.deepcopy(render(EVERYTHING).all(kind)[0])
    item["sepc"] = {}
    assert problems(item)


def test_no_two_objects_share_a_name() -> None:
    named = [(item["kind"], part(item, "metadata", "name")) for item in render(EVERYTHING).objects]
    assert len(named) == len(set(named))


def test_everything_has_the_labels_by_which_it_is_found() -> None:
    for item in render(EVERYTHING).objects:
        if str(part(item, "metadata", "name")).endswith("-more"):
            continue
        assert part(item, "metadata", "labels", "app.kubernetes.io/instance") == "scribe", item["kind"]
        assert part(item, "metadata", "labels", "app.kubernetes.io/part-of") == "scribe"


def test_notes_say_what_to_do_next() -> None:
    notes = next(text for path, text in render().documents.items() if path.endswith("NOTES.txt"))
    assert "helm -n mail test scribe" in notes
    assert "test.tokenUrl" in notes
