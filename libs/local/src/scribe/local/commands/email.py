"""`scribe email`: one e-mail from the platform that runs here, followed step by step."""

import json
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from scribe.local.answers import Email
from scribe.local.commands.options import AsJson, Data, User
from scribe.local.errors import LocalError
from scribe.local.folder import DEFAULT_FOLDER, DataFolder, RunState
from scribe.local.gateway import Gateway, open_gateway
from scribe.local.presentation import StepLines, print_email, spent_line
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER, mint_token


def email(
    template: Annotated[Path, typer.Option("--template", help="File with the template; - reads it from stdin.")],
    name: Annotated[str, typer.Option("--name", help="The recipient's name.")],
    interest: Annotated[str, typer.Option("--interest", help="What the recipient works on.")],
    sender: Annotated[str | None, typer.Option("--sender", help="Your name, for a user who is new.")] = None,
    as_json: AsJson = False,
    user: User = DEFAULT_USER,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Have one e-mail written, and show how."""
    run(_email(EmailOptions(DataFolder(data.resolve()), template, (name, interest), user, sender, as_json=as_json)))


@dataclass(frozen=True)
class EmailOptions:
    """What the command was given; `recipient` is a name and an interest."""

    folder: DataFolder
    template: Path
    recipient: tuple[str, str]
    user: str
    sender: str | None
    as_json: bool


async def _email(options: EmailOptions) -> None:
    text = read_template(options.template)
    folder, state = options.folder, options.folder.read_state()
    console = Console(highlight=False, stderr=options.as_json)
    async with open_gateway(state.url, _token(folder, state, options.user)) as gateway:
        await gateway.sign_up(options.sender)
        async with explained(folder, state, options.user):
            written, seconds = await write_email(console, gateway, text, options.recipient)
    if options.as_json:
        typer.echo(email_as_json(written, seconds, state.stand_ins))
        return
    print_email(console, written)
    console.print(spent_line(written, seconds), soft_wrap=True)
    if state.stand_ins:
        console.print(f"written with stand-ins for {', '.join(state.stand_ins)}: nothing in it is real", soft_wrap=True)


def email_as_json(email: Email, seconds: float, stand_ins: Sequence[str]) -> str:
    """The e-mail, how long it took, and which outside services were played by stand-ins."""
    answer = {**email.model_dump(mode="json"), "seconds": round(seconds, 3), "stand_ins": list(stand_ins)}
    return json.dumps(answer, indent=2, ensure_ascii=False)


class FailedError(LocalError):
    """The task has failed; the text is what a user is told."""

    def __init__(self, task_id: UUID, text: str) -> None:
        super().__init__(text)
        self.task_id = task_id


@asynccontextmanager
async def explained(folder: DataFolder, state: RunState, user: str) -> AsyncIterator[None]:
    """Add to a failure what the operator may know; here user and operator are one."""
    try:
        yield
    except FailedError as failed:
        reason = None
        if state.mints_tokens:
            async with open_gateway(state.url, mint_token(folder, state, user, admin=True)) as gateway:
                reason = await gateway.reason_of(failed.task_id)
        raise LocalError(f"{failed} ({reason})" if reason else str(failed)) from None


async def write_email(
    console: Console, gateway: Gateway, template: str, recipient: tuple[str, str]
) -> tuple[Email, float]:
    """Submit, and show each step as it ends; the e-mail and the seconds it took.

    Raises:
        FailedError: it could not be written; the text is the gateway's.
    """
    start = time.monotonic()
    task_id = await gateway.submit(template, *recipient)
    with console.status("waiting") as status:
        lines = StepLines(console, status)
        async for item in gateway.follow(task_id):
            lines.update(item)
    if item.status == "failed" or item.email_id is None:
        raise FailedError(task_id, f"The e-mail could not be written. {item.error_message or ''}")
    return await gateway.email(item.email_id), time.monotonic() - start


def read_template(path: Path) -> str:
    """The template's text.

    Raises:
        LocalError: it cannot be read.
    """
    try:
        text = typer.get_text_stream("stdin").read() if str(path) == "-" else path.read_text("utf-8")
    except OSError as error:
        raise LocalError(f"The template {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise LocalError(f"The template {path} is not a text in UTF-8; save it as one.") from None
    if not text.strip():
        raise LocalError(f"The template {path} is empty; write the e-mail into it, with {{{{placeholders}}}}.")
    return text


def _token(folder: DataFolder, state: RunState, user: str) -> str:
    return os.environ.get("SCRIBE_TOKEN") or mint_token(folder, state, user)
