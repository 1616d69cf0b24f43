"""`python -m scribe.dashboards [--check]`: writes the chart's dashboards and rules, and the page of alerts.

With `--check` nothing is written; the exit code is 1 where a file is not what the code says.
"""

import argparse
import json
import sys
from pathlib import Path

from scribe.dashboards import alerts, slo
from scribe.dashboards.boards import BOARDS
from scribe.dashboards.grafana import to_json
from scribe.dashboards.page import alerts_page
from scribe.dashboards.rules import to_yaml

DASHBOARDS = Path("deploy/helm/scribe/files/dashboards")
ALERTS = Path("deploy/helm/scribe/files/alerts")
RULE_FILES = {"objectives.yaml": slo.GROUPS, "alerts.yaml": alerts.GROUPS}


def generated() -> dict[Path, str]:
    """Every file, by its path from the root of the repository."""
    files = {DASHBOARDS / f"{board.uid}.json": json.dumps(to_json(board), indent=2) + "\n" for board in BOARDS}
    files |= {ALERTS / name: to_yaml(groups) for name, groups in RULE_FILES.items()}
    files[Path("docs/reference/alerts.md")] = alerts_page(RULE_FILES.values())
    return files


def main(arguments: list[str]) -> int:
    """Write or check every file."""
    parser = argparse.ArgumentParser(prog="python -m scribe.dashboards")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where a file is not current")
    parser.add_argument("--root", type=Path, default=Path())
    options = parser.parse_args(arguments)
    stale = {
        path: text
        for path, text in generated().items()
        if not (options.root / path).exists() or (options.root / path).read_text("utf-8") != text
    }
    for path, text in stale.items():
        print(f"{path} is not current" if options.check else f"wrote {path}")  # noqa: T201 - the command's answer
        if not options.check:
            (options.root / path).parent.mkdir(parents=True, exist_ok=True)
            (options.root / path).write_text(text, "utf-8")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
