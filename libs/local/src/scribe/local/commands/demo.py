"""`scribe demo`: one e-mail from nothing, and nothing left behind."""

import os

import typer
from rich.console import Console
from rich.text import Text

from scribe.local.browser import browser_note
from scribe.local.commands.email import email_as_json, explained, write_email
from scribe.local.commands.options import AsJson
from scribe.local.folder import ephemeral_folder
from scribe.local.gateway import open_gateway
from scribe.local.platform import PlatformOptions, running_platform
from scribe.local.presentation import closing_line, print_email
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER, mint_token

TEMPLATE = """Subject: A question about {{their research topic}}

Dear Dr. {{last name}},

I am a student of physics and I have been reading about {{their research topic}} for my thesis. \
{{one sentence about a recent paper of theirs and why it interests me}}

{{one sentence about their work or their group}}

Would you have fifteen minutes in the coming weeks for a short conversation?

Kind regards,
{{my name}}
"""
RECIPIENT = ("Adrian Del Maestro", "quantum entanglement and superfluid helium")
SENDER = "Robin Example"


def demo(as_json: AsJson = False) -> None:
    """Write one e-mail with everything on this machine, and leave nothing behind."""
    run(_demo(Console(highlight=False, stderr=as_json), as_json=as_json))


async def _demo(console: Console, *, as_json: bool) -> None:
    environment = dict(os.environ)
    note = browser_note(environment)
    options = PlatformOptions(environment, port=0, durable=False)

    def announce(line: str) -> None:
        console.print(Text(f"  {line}", "dim"))

    name, interest = RECIPIENT
    console.print("Starting PostgreSQL, nats-server and the services on this machine")
    with ephemeral_folder() as folder:
        async with running_platform(folder, options, announce) as platform:
            state = platform.state
            async with open_gateway(state.url, mint_token(folder, state, DEFAULT_USER)) as gateway:
                await gateway.sign_up(SENDER)
                console.print(f"An e-mail to {name} about {interest}")
                async with explained(folder, state, DEFAULT_USER):
                    written, seconds = await write_email(console, gateway, TEMPLATE, RECIPIENT)
            if not as_json:
                print_email(console, written)
            if note:
                console.print(note)
    if as_json:
        typer.echo(email_as_json(written, seconds, platform.outside.played))
        return
    console.print(closing_line(written, seconds, platform.outside.label), soft_wrap=True)
