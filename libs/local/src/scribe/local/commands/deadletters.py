"""`scribe deadletters`: what no attempt could finish, for administrators."""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scribe.local.answers import DeadLetter
from scribe.local.commands.options import AsJson, Data, User
from scribe.local.errors import AbsentError, LocalError
from scribe.local.folder import DEFAULT_FOLDER
from scribe.local.gateway import DEAD_LETTERS, Gateway
from scribe.local.reach import reached_gateway
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER

Change = Callable[[Gateway, int], Awaitable[None]]
WORDS = {"replayed": "sent back", "given_up": "given up"}
MAX_PAGES = 100
"""Of a hundred dead letters each."""

Cause = Annotated[
    str | None, typer.Option("--cause", help="Only those of this error class, or whose reason has these words.")
]
OneLetter = Annotated[int | None, typer.Argument(metavar="ID", min=1, help="One dead letter; or name a --cause.")]
LetterId = Annotated[int, typer.Argument(metavar="ID", min=1, help="As `scribe deadletters list` shows it.")]

app = typer.Typer(no_args_is_help=True, help="What no attempt could finish: look, and send back (administrators).")


@app.command("list")
def list_letters(
    cause: Cause = None, as_json: AsJson = False, user: User = DEFAULT_USER, data: Data = DEFAULT_FOLDER
) -> None:
    """List the dead letters, the newest first."""
    run(_list(data, user, cause, as_json=as_json))


@app.command("show")
def show_letter(
    letter: LetterId, as_json: AsJson = False, user: User = DEFAULT_USER, data: Data = DEFAULT_FOLDER
) -> None:
    """Show one dead letter."""
    run(_show(letter, data, user, as_json=as_json))


@app.command("replay")
def replay_letters(
    letter: OneLetter = None,
    cause: Cause = None,
    as_json: AsJson = False,
    user: User = DEFAULT_USER,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Send the task of one dead letter, or of all with a cause, back to the step that gave it up."""
    run(_close(Gateway.replay, "replayed", _chosen(letter, cause), data, user, as_json=as_json))


@app.command("give-up")
def give_up_letters(
    letter: OneLetter = None,
    cause: Cause = None,
    as_json: AsJson = False,
    user: User = DEFAULT_USER,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Close one dead letter, or all with a cause, without sending them back; their tasks stay failed."""
    run(_close(Gateway.give_up, "given_up", _chosen(letter, cause), data, user, as_json=as_json))


def _chosen(letter: int | None, cause: str | None) -> int | str:
    if letter is not None and cause is None:
        return letter
    if cause is not None and letter is None:
        return cause
    raise typer.BadParameter("name either the id of a dead letter or a --cause")


async def _list(data: Path, user: str, cause: str | None, *, as_json: bool) -> None:
    async with _as_admin(data, user) as gateway:
        _print(await _letters(gateway, cause), as_json=as_json)


async def _show(letter_id: int, data: Path, user: str, *, as_json: bool) -> None:
    async with _as_admin(data, user) as gateway:
        found = [letter for letter in await gateway.dead_letters(before=letter_id + 1) if letter.id == letter_id]
    if not found:
        raise AbsentError("There is no such dead letter.")
    _print(found, as_json=as_json)


async def _close(change: Change, how: str, chosen: int | str, data: Path, user: str, *, as_json: bool) -> None:
    """Do `change` to one letter, by its id, or to all with a cause."""
    async with _as_admin(data, user) as gateway:
        ids = [chosen] if isinstance(chosen, int) else [letter.id for letter in await _letters(gateway, chosen)]
        refused = {number: sentence for number in ids if (sentence := await _refusal(change(gateway, number)))}
    closed = [number for number in ids if number not in refused]
    if as_json:
        typer.echo(json.dumps({how: closed, "refused": refused}, indent=2))
    else:
        typer.echo(f"{len(closed)} {WORDS[how]}.")
        for number, sentence in refused.items():
            typer.echo(f"{number}: {sentence}")
    if refused and not closed:
        raise LocalError(f"None was {WORDS[how]}.")


async def _refusal(closing: Awaitable[None]) -> str | None:
    """Await one change; gives the gateway's sentence where it refuses."""
    try:
        await closing
    except LocalError as error:
        return str(error)
    return None


async def _letters(gateway: Gateway, cause: str | None) -> Sequence[DeadLetter]:
    letters: list[DeadLetter] = []
    before: int | None = None
    for _ in range(MAX_PAGES):
        page = await gateway.dead_letters(before)
        letters += [letter for letter in page if cause is None or letter.has_cause(cause)]
        if not page:
            break
        before = page[-1].id
    return letters


def _as_admin(data: Path, user: str) -> AbstractAsyncContextManager[Gateway]:
    return reached_gateway(data, user, admin=True)


def _print(letters: Sequence[DeadLetter], *, as_json: bool) -> None:
    if as_json:
        typer.echo(DEAD_LETTERS.dump_json(tuple(letters), indent=2).decode())
    elif letters:
        terminal = Console(highlight=False)
        (terminal if terminal.is_terminal else Console(highlight=False, width=160)).print(letters_table(letters))
    else:
        typer.echo("No dead letters.")


def letters_table(letters: Sequence[DeadLetter]) -> Table:
    """The dead letters, one a line."""
    table = Table("id", "step", "task", "cause", "reason", "attempts", "when", box=SIMPLE_HEAD)
    for letter in letters:
        when = f"{letter.created_at:%Y-%m-%d %H:%M}" if letter.created_at else ""
        texts = (letter.step, letter.task_id, letter.error_class, letter.reason, str(letter.attempts), when)
        table.add_row(str(letter.id), *map(Text, texts))
    return table
