"""What the command line shows: a line per step as it ends, and the e-mail with its sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress, TaskID
from rich.status import Status
from rich.table import Table
from rich.text import Text

from scribe.common.tasks.route import ROUTE
from scribe.local.answers import CitedSource, Email, Item

STEPS = {step.wire_name: step.description for step in ROUTE}
COLOURS = {"completed": "green", "failed": "red", "cancelled": "yellow"}


@dataclass
class StepLines:
    """Prints a line when a step has ended, and a spinner for the one that runs (on a terminal)."""

    console: Console
    status: Status
    told: set[str] = field(default_factory=set)
    notice: str | None = None
    attempts: int = 1

    def update(self, item: Item) -> None:
        """Show what is new."""
        for step, words in STEPS.items():
            if step in item.skipped_steps and step not in self.told:
                self._line("–", words, "skipped")
                self.told.add(step)
            elif step in item.step_timings and step not in self.told:
                self._line("✓", words, f"{item.step_timings[step]:.2f} s")
                self.told.add(step)
        if item.attempt > self.attempts:
            self._line("↻", STEPS.get(item.current_step or "", "the step"), f"attempt {item.attempt}")
            self.attempts = item.attempt
        if item.notice and item.notice != self.notice:
            self.console.print(_paused(item.notice), soft_wrap=True)
        self.notice = item.notice
        self.status.update(_waiting(item))

    def _line(self, mark: str, words: str, outcome: str) -> None:
        self.console.print(Text.assemble((f"  {mark} ", "green"), f"{words:<22}", (outcome, "dim")))


class StepBars:
    """A bar for each step of many e-mails."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._bars: Mapping[str, TaskID] = {step: progress.add_task(STEPS[step], total=total) for step in STEPS}
        self._passed: Mapping[str, set[UUID]] = {step: set() for step in STEPS}
        self._waiting: dict[str, set[UUID]] = {}

    def update(self, item: Item) -> None:
        """Show which steps are behind an item, all of one that has ended; and what items wait for, when it begins."""
        self._show_notice(item)
        for step, passed in self._passed.items():
            if item.is_terminal or step in item.step_timings or step in item.skipped_steps:
                passed.add(item.id)
                self._progress.update(self._bars[step], completed=len(passed))

    def _show_notice(self, item: Item) -> None:
        """A sentence is shown again only after nobody has waited for that reason."""
        for waiting in self._waiting.values():
            waiting.discard(item.id)
        self._waiting = {notice: waiting for notice, waiting in self._waiting.items() if waiting}
        if item.notice is None:
            return
        if item.notice not in self._waiting:
            self._progress.console.print(_paused(item.notice), soft_wrap=True)
        self._waiting.setdefault(item.notice, set()).add(item.id)


def _paused(notice: str) -> Text:
    return Text.assemble(("  ‖ ", "yellow"), notice)


def _waiting(item: Item) -> str:
    if item.notice:
        return item.notice
    if item.status == "pending":
        return f"waiting, place {item.position} in the queue" if item.position else "waiting"
    return STEPS.get(item.current_step or "", "working")


def print_email(console: Console, email: Email) -> None:
    """The e-mail, a number behind every sentence that has a source, and the sources by number."""
    numbered = number_sources(email)
    text = Text(email.email_message)
    for claim in email.metadata.claims:
        marks = "".join(f" [{numbered[source]}]" for source in dict.fromkeys(claim.sources))
        _insert_after(text, claim.sentence, marks)
    console.print(Panel(text, title="e-mail", title_align="left", padding=(1, 2)))
    if numbered:
        console.print("Sources")
    for source, number in numbered.items():
        line = Text.assemble((f"  [{number}] ", "cyan"), source.title or "untitled", (f"  {source.url or ''}", "dim"))
        console.print(line, soft_wrap=True)
    for warning in email.metadata.warnings:
        console.print(Text.assemble(("! ", "yellow"), warning), soft_wrap=True)
    if not email.is_confident:
        console.print(
            Text("! The evidence is thin: please check this e-mail before you send it.", "yellow"), soft_wrap=True
        )


def number_sources(email: Email) -> dict[CitedSource, int]:
    """Numbers for the sources: first those of the sentences in their order, then the others that were read."""
    cited: Iterable[CitedSource] = (source for claim in email.metadata.claims for source in claim.sources)
    pages: dict[tuple[str | None, str], CitedSource] = {}
    for page in (*cited, *email.metadata.sources, *email.metadata.arxiv_papers):
        pages.setdefault((page.url, page.title), CitedSource(url=page.url, title=page.title))
    return {page: number for number, page in enumerate(pages.values(), start=1)}


def cost_of(email: Email) -> str:
    """In dollars; a question mark where a price is not known."""
    cost = email.metadata.usage.total.cost_usd
    return "$?" if cost is None else f"${cost:.4f}"


def closing_line(email: Email, seconds: float, upstreams: str) -> str:
    """The summary in one line."""
    found = email.metadata
    return (
        f"email {email.id} in {seconds:.1f} s | sources {len(found.sources)} | papers {len(found.arxiv_papers)} "
        f"| {cost_of(email)} | upstreams: {upstreams}"
    )


def spent_line(email: Email, seconds: float) -> str:
    """Seconds, tokens and cost."""
    spent = email.metadata.usage.total
    tokens = f"{spent.input_tokens} tokens in, {spent.output_tokens} out"
    return f"{seconds:.1f} s | {tokens} | {cost_of(email)} | {email.template_type}"


def _insert_after(text: Text, sentence: str, marks: str) -> None:
    """Put the marks behind the sentence; a sentence with other spacing in the text gets none."""
    at = text.plain.find(sentence)
    if at < 0 or not marks:
        return
    end = at + len(sentence)
    before, after = text[:end], text[end:]
    text.plain = ""
    text.append_text(before).append(marks, "cyan").append_text(after)


def items_table(items: Sequence[Item]) -> Table:
    """The items, one a line: where each stands, or how it ended."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("id", no_wrap=True)
    for heading in ("recipient", "status", ""):
        table.add_column(heading)
    for item in items:
        status = Text(item.outcome, COLOURS.get(item.outcome, ""))
        table.add_row(str(item.id), Text(item.recipient_name), status, Text(_standing(item)))
    return table


def _standing(item: Item) -> str:
    if item.status == "completed":
        return f"{sum(item.step_timings.values()):.1f} s" if item.step_timings else ""
    return item.error_message or "" if item.is_terminal else _waiting(item)
