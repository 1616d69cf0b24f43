"""`python deploy/helm/readme.py [--check]`: writes each chart's README.md from the comments in its values.yaml.

A line `# -- text` describes the value on the next line. With `--check` nothing is written; the exit code is 1 where a
README is not what the values say.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

HERE = Path(__file__).parent
CHARTS = ("scribe", "scribe-dev")
MARK = "# -- "


def described(text: str) -> Iterator[tuple[str, str]]:
    """Path and description of every described value, in the file's order."""
    path: list[tuple[int, str]] = []
    description = ""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith(MARK):
            description = stripped.removeprefix(MARK)
        if not stripped or stripped.startswith(("#", "-")) or ":" not in stripped:
            continue
        indent = len(line) - len(line.lstrip())
        path = [(depth, key) for depth, key in path if depth < indent]
        path.append((indent, stripped.partition(":")[0]))
        if description:
            yield ".".join(key for _depth, key in path), description
            description = ""


def default(values: object, path: str) -> str:
    """A value as it would be written."""
    for key in path.split("."):
        values = values[key] if isinstance(values, dict) else None
    return json.dumps(values, ensure_ascii=False).replace("|", "\\|")


def page(chart: str) -> str:
    """The README of a chart."""
    folder = HERE / chart
    about = yaml.safe_load((folder / "Chart.yaml").read_text())
    text = (folder / "values.yaml").read_text()
    values = yaml.safe_load(text)
    rows = [f"| `{path}` | `{default(values, path)}` | {what} |" for path, what in described(text)]
    return "\n".join(
        [
            "<!-- Written by deploy/helm/readme.py from values.yaml; a test fails when it is not current. -->",
            f"# {about['name']}",
            "",
            f"{about['description']}",
            "",
            *(folder / "README.head.md").read_text().rstrip().splitlines(),
            "",
            "## Values",
            "",
            "| value | default | what it is |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    """Write the pages, or say which are not current."""
    stale = [chart for chart in CHARTS if page(chart) != _current(chart)]
    if "--check" in arguments:
        sys.stderr.writelines(f"{chart}/README.md is not current: run deploy/helm/readme.py\n" for chart in stale)
        return 1 if stale else 0
    for chart in stale:
        (HERE / chart / "README.md").write_text(page(chart))
    return 0


def _current(chart: str) -> str:
    path = HERE / chart / "README.md"
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
