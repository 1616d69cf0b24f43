"""`scribe doctor`: what is wrong, and what to do about it."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from scribe.local.commands.options import AsJson, Data, User
from scribe.local.diagnosis import diagnose
from scribe.local.errors import LocalError
from scribe.local.findings import Finding
from scribe.local.folder import DEFAULT_FOLDER
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER

MARKS = {"ok": ("✓", "green"), "note": ("–", "yellow"), "bad": ("✗", "red")}


def doctor(as_json: AsJson = False, user: User = DEFAULT_USER, data: Data = DEFAULT_FOLDER) -> None:
    """Look at everything that an e-mail needs, and say what to do where something is wrong."""
    run(_doctor(data, user, as_json=as_json))


async def _doctor(data: Path, user: str, *, as_json: bool) -> None:
    findings = await diagnose(data, user, dict(os.environ))
    if as_json:
        typer.echo(json.dumps([finding.model_dump() for finding in findings], indent=2, ensure_ascii=False))
    else:
        print_findings(Console(highlight=False), findings)
    if bad := [finding.name for finding in findings if finding.state == "bad"]:
        raise LocalError(f"Not well: {', '.join(bad)}.")


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """A line for each, and what to do below it."""
    for finding in findings:
        mark, style = MARKS[finding.state]
        console.print(Text.assemble((f"{mark} ", style), f"{finding.name:<14}", (finding.found, "dim")), soft_wrap=True)
        if finding.remedy:
            console.print(Text(f"  → {finding.remedy}"), soft_wrap=True)
