"""The golden renders: `python -m tests.chart.golden` writes them anew; the diff is then reviewed with the change."""

from pathlib import Path

import yaml

from tests.chart.cases import DEVELOPMENT, EVERYTHING
from tests.chart.rendering import LEAST, SCRIBE_DEV, Object, Render, part, render

FOLDER = Path(__file__).parent / "golden"


def text(found: Render) -> str:
    """The objects by kind and name, one document each; dashboards and rules by their names only."""
    ordered = sorted(found.objects, key=lambda item: (str(item["kind"]), str(part(item, "metadata", "name"))))
    return yaml.safe_dump_all([_short(item) for item in ordered], sort_keys=True, width=120)


def renders() -> dict[str, str]:
    """Every golden render by its file's name."""
    return {
        "least.yaml": text(render(LEAST)),
        "development.yaml": text(render(DEVELOPMENT)),
        "everything.yaml": text(render(EVERYTHING)),
        "scribe-dev.yaml": text(render({}, chart=SCRIBE_DEV)),
    }


def _short(item: Object) -> Object:
    """Generated content has tests of its own; here it would drown the rest."""
    if part(item, "metadata", "labels", "app.kubernetes.io/component") == "monitoring":
        item = {
            key: value for key, value in item.items() if item["kind"] == "PodMonitor" or key not in ("data", "spec")
        }
    return item


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in renders().items():
        (FOLDER / name).write_text(content)
