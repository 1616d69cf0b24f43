"""What shows that a fault happened, and how many paid calls may have been under way in what it ended."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from scribe.arxiv.settings import ArxivSettings
from scribe.common.worker.settings import WorkerSettings
from scribe.composer.settings import ComposerSettings
from scribe.parser.settings import ParserSettings
from scribe.scraper.settings import ScraperSettings

SETTINGS: dict[str, type[WorkerSettings]] = {
    "parser": ParserSettings,
    "scraper": ScraperSettings,
    "arxiv": ArxivSettings,
    "composer": ComposerSettings,
}
AT_ONCE = {"parser": 1, "scraper": 2, "arxiv": 0, "composer": 1}
"""Paid calls that one delivery makes side by side: the scraper asks two questions."""


def calls_of(step: str) -> int:
    """Paid calls that one worker of a step has under way at most."""
    return AT_ONCE[step] * int(SETTINGS[step].model_fields["concurrency"].default)


@dataclass
class Traces:
    """`counts` are printed in the table: what was seen to happen, and how often.

    `ended` are the processes that must be gone; `interrupted` counts the workers that were killed or stood still, and
    `calls` the paid calls that may have been under way in them.
    """

    counts: Counter[str] = field(default_factory=Counter)
    ended: set[int] = field(default_factory=set)
    interrupted: int = 0
    calls: int = 0

    def note(self, what: str, times: int = 1) -> None:
        """It was seen so often; nothing is noted for 0."""
        if times > 0:
            self.counts[what] += times

    def interrupt(self, process: str) -> None:
        """A worker's calls may have been paid for without an answer; other processes make none."""
        step = process.partition("-")[0]
        if step in SETTINGS:
            self.interrupted += 1
            self.calls += calls_of(step)

    def missing(self) -> list[str]:
        """Why these traces do not show a fault."""
        alive = sum(is_alive(pid) for pid in self.ended)
        missing = [f"{alive} processes did not end when they were told to"] if alive else []
        return missing or ([] if self.counts else ["nothing shows that the fault happened"])


def state_of(pid: int) -> str:
    """The kernel's letter for what a process does: `T` where it is stopped, `Z` where it has ended; "" without one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    return state_of(pid) not in {"", "Z"}


def family(pid: int) -> list[int]:
    """A process and those that it started: PostgreSQL has one for each connection."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return []
    return [pid, *(found for child in children for found in family(int(child)))]
