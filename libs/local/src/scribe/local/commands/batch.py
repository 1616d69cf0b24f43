"""`scribe batch`: an e-mail for every row of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scribe.local.answers import REMOVED, Item
from scribe.local.batch import submit_file
from scribe.local.batch_files import Outcome, as_json, raise_if_unwritable, write_outcomes
from scribe.local.commands.email import read_template
from scribe.local.commands.items import print_items
from scribe.local.commands.options import AsJson, Data, User
from scribe.local.errors import AbsentError, LocalError
from scribe.local.folder import DEFAULT_FOLDER
from scribe.local.gateway import Gateway
from scribe.local.presentation import StepBars
from scribe.local.reach import reached_gateway
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER


def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or .xlsx: recipient_name, recipient_interest.")],
    template: Annotated[Path, typer.Option("--template", help="File with the template; - reads it from stdin.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where the e-mails go: a .csv, .xlsx or .json, or a folder for .eml files."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Submit all rows anew, also those of before.")] = False,
    as_json: AsJson = False,
    user: User = DEFAULT_USER,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Have an e-mail written for every row of a file. Run again, it goes on where it was stopped."""
    run(_batch(BatchOptions(file, template, out, data, user, again=again, as_json=as_json)))


@dataclass(frozen=True)
class BatchOptions:
    """What the command was given."""

    file: Path
    template: Path
    out: Path | None
    data: Path
    user: str
    again: bool
    as_json: bool


async def _batch(options: BatchOptions) -> None:
    text = read_template(options.template)
    content = _content(options.file)
    if options.out is not None:
        raise_if_unwritable(options.out)
    async with reached_gateway(options.data, options.user) as gateway:
        await gateway.sign_up()
        submission = await submit_file(
            gateway, options.file, content, text, again=options.again, announce=partial(typer.echo, err=True)
        )
        items = await _followed(gateway, submission.ids)
        outcomes = [Outcome(item, await gateway.email(item.email_id) if item.email_id else None) for item in items]
    if options.out is not None:
        write_outcomes(options.out, outcomes)
    if options.as_json:
        typer.echo(as_json(outcomes))
    else:
        print_items(items)
    if failed := sum(item.status != "completed" for item in items):
        raise LocalError(f"{failed} of {len(items)} e-mails were not written; `scribe retry ID` tries one again.")


async def _followed(gateway: Gateway, ids: Sequence[UUID]) -> list[Item]:
    """The items as they end, with a bar for each step on stderr meanwhile."""
    items = await _known(gateway, ids)
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bars = StepBars(progress, len(ids))
        for item in items.values():
            bars.update(item)
        async for item in gateway.follow(*(item_id for item_id in ids if not items[item_id].is_terminal)):
            items[item.id] = item
            bars.update(item)
    return [items[item_id] for item_id in ids]


async def _known(gateway: Gateway, ids: Sequence[UUID]) -> dict[UUID, Item]:
    """The items as they are now, those that ended long ago included.

    Raises:
        LocalError: none of them is known to this gateway and user.
    """
    recent = {item.id: item for item in await gateway.items()}
    items = {item_id: recent.get(item_id) or await _old(gateway, item_id) for item_id in ids}
    if all(item.status == REMOVED for item in items.values()):
        raise LocalError("Another gateway or user was given this file, or it was removed there; --again submits it.")
    return items


async def _old(gateway: Gateway, item_id: UUID) -> Item:
    try:
        return await gateway.find_old(item_id)
    except AbsentError:
        return Item(id=item_id, status=REMOVED, error_message="It was taken out of the queue.")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise LocalError(f"{file} cannot be read ({error.strerror}).") from None
