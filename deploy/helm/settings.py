"""Writes the chart's list of settings, by which it refuses a variable `SCRIBE_…` that nothing reads."""

from pathlib import Path

from scribe.local.reference import PROCESSES, environment_names, settings_of

FILE = Path(__file__).parent / "scribe" / "files" / "settings.txt"


def names() -> str:
    """The variables of all processes, one a line."""
    fields = (item for module in PROCESSES.values() for item in settings_of(module).model_fields.items())
    found = {name for field in fields for name in environment_names(*field) if name.startswith("SCRIBE_")}
    return "\n".join(sorted(found)) + "\n"


if __name__ == "__main__":
    FILE.write_text(names(), "utf-8")
