"""The rows of the last run, kept as they come, so that a run that was ended can be continued."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.row import Row
from tests.chaos.trial import Task

FOLDER = Path(__file__).resolve().parents[2] / ".chaos"


@dataclass(frozen=True)
class Results:
    """Of one task: the rows of other numbers of items, seeds or systems are in other files."""

    task: Task
    folder: Path = FOLDER

    @property
    def path(self) -> Path:
        """One row a line, as JSON."""
        return self.folder / f"{self.task.peer or 'scribe'}-{self.task.items}-{self.task.seed}.jsonl"

    def begin(self) -> None:
        """Forget the run before."""
        self.folder.mkdir(exist_ok=True)
        self.path.write_text("", "utf-8")

    def add(self, row: Row) -> None:
        """Keep one row."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{row.model_dump_json()}\n")

    def rows(self, names: Sequence[str]) -> list[Row]:
        """What is there of these cells, in their order."""
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        found = {row.name: row for row in map(Row.model_validate_json, lines)}
        return [found[name] for name in names if name in found]
