"""The `scribe` command."""

from collections.abc import Callable

import typer

from scribe.local.commands.batch import batch
from scribe.local.commands.deadletters import app as deadletters
from scribe.local.commands.demo import demo
from scribe.local.commands.doctor import doctor
from scribe.local.commands.email import email
from scribe.local.commands.items import cancel, list_items, retry, show
from scribe.local.commands.ops import PASSED_ON, ops
from scribe.local.commands.token import token
from scribe.local.commands.top import top
from scribe.local.commands.trace import trace
from scribe.local.commands.up import up

app = typer.Typer(
    name="scribe",
    help="Personal cold e-mails to academics, researched and true.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "up": up,
    "email": email,
    "batch": batch,
    "list": list_items,
    "show": show,
    "cancel": cancel,
    "retry": retry,
    "doctor": doctor,
    "top": top,
    "trace": trace,
    "token": token,
}
for name, command in COMMANDS.items():
    app.command(name)(command)
app.command("ops", context_settings=PASSED_ON)(ops)
app.add_typer(deadletters, name="deadletters")
