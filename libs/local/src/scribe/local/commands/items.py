"""`scribe list`, `show`, `cancel` and `retry`: the user's items at any gateway."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from scribe.local.answers import Email, Item
from scribe.local.commands.options import AsJson, Data, User
from scribe.local.folder import DEFAULT_FOLDER
from scribe.local.gateway import ITEMS
from scribe.local.presentation import items_table, print_email
from scribe.local.reach import reached_gateway
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER

ItemId = Annotated[UUID, typer.Argument(metavar="ID", help="The item's id, as `scribe list` shows it.")]


def list_items(as_json: AsJson = False, user: User = DEFAULT_USER, data: Data = DEFAULT_FOLDER) -> None:
    """List the e-mails that wait, are being written, or ended within the last 24 hours."""
    run(_list(data, user, as_json=as_json))


def show(item: ItemId, as_json: AsJson = False, user: User = DEFAULT_USER, data: Data = DEFAULT_FOLDER) -> None:
    """Show one item, and its e-mail with its sources where it is written."""
    run(_show(item, data, user, as_json=as_json))


def cancel(item: ItemId, as_json: AsJson = False, user: User = DEFAULT_USER, data: Data = DEFAULT_FOLDER) -> None:
    """End an item that waits or is being written."""
    run(_cancel(item, data, user, as_json=as_json))


def retry(item: ItemId, as_json: AsJson = False, user: User = DEFAULT_USER, data: Data = DEFAULT_FOLDER) -> None:
    """Have a failed item tried again."""
    run(_retry(item, data, user, as_json=as_json))


async def _list(data: Path, user: str, *, as_json: bool) -> None:
    async with reached_gateway(data, user) as gateway:
        await gateway.sign_up()
        items = await gateway.items()
    if as_json:
        typer.echo(ITEMS.dump_json(items, indent=2).decode())
    elif items:
        print_items(items)
    else:
        typer.echo("Nothing waits, and nothing ended within the last 24 hours.")


async def _show(item_id: UUID, data: Path, user: str, *, as_json: bool) -> None:
    async with reached_gateway(data, user) as gateway:
        item = await gateway.find(item_id)
        email = await gateway.email(item.email_id) if item.email_id else None
    _print(item, email, as_json=as_json)


async def _cancel(item_id: UUID, data: Path, user: str, *, as_json: bool) -> None:
    async with reached_gateway(data, user) as gateway:
        _print(await gateway.cancel(item_id), None, as_json=as_json)


async def _retry(item_id: UUID, data: Path, user: str, *, as_json: bool) -> None:
    async with reached_gateway(data, user) as gateway:
        _print(await gateway.retry(item_id), None, as_json=as_json)


def _print(item: Item, email: Email | None, *, as_json: bool) -> None:
    if as_json:
        answer = item.model_dump(mode="json") | {"email": email.model_dump(mode="json") if email else None}
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    print_items([item])
    if email is not None:
        print_email(Console(highlight=False), email)


def print_items(items: Sequence[Item]) -> None:
    """A table of the items; nothing in it is cut off where the output is no terminal."""
    terminal = Console(highlight=False)
    (terminal if terminal.is_terminal else Console(highlight=False, width=160)).print(items_table(items))
