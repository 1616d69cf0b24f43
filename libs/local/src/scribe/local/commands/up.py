"""`scribe up`: the whole platform, until Ctrl-C."""

import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from scribe.common.models.settings import PROVIDERS
from scribe.common.tasks.route import ROUTE
from scribe.fakes.supabase import PUBLISHABLE_KEY
from scribe.local.browser import browser_note
from scribe.local.commands.options import AsJson, Data
from scribe.local.errors import LocalError
from scribe.local.folder import DEFAULT_FOLDER, claimed_folder, ephemeral_folder
from scribe.local.gateway import open_gateway
from scribe.local.log_tail import shown_logs
from scribe.local.platform import Platform, PlatformOptions, running_platform
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER, mint_token

MAX_REPLICAS = 8
KEYS = {name: f"{name.upper()}_API_KEY" for name in (*PROVIDERS, "exa")}
SUPABASE_PORT = 54321
"""Where Supabase's own tools have it too."""

Replicas = Annotated[
    list[str] | None, typer.Option("--replicas", metavar="STEP=N", help="Several workers of a step; may be repeated.")
]


def up(
    data: Data = DEFAULT_FOLDER,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help="Keep no data.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the API; 0 for a free one.")] = 8000,
    supabase_port: Annotated[
        int, typer.Option("--supabase-port", min=0, max=65535, help="Port of the stand-in for Supabase; 0: a free one.")
    ] = SUPABASE_PORT,
    replicas: Replicas = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the logs of all processes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start the whole platform on this machine; Ctrl-C stops it."""
    console = Console(highlight=False, stderr=as_json)
    try:
        options = PlatformOptions(dict(os.environ), port, supabase_port, durable=not ephemeral)
        run(_up(console, options, replicas or [], data if not ephemeral else None, verbose=verbose, as_json=as_json))
    except SystemExit as end:
        if isinstance(end.code, int) and end.code > 128:
            raise typer.Exit(0) from None  # Ctrl-C is how it is meant to end
        raise


async def _up(
    console: Console,
    options: PlatformOptions,
    replicas: Sequence[str],
    data: Path | None,
    *,
    verbose: bool,
    as_json: bool,
) -> None:
    options = replace(options, replicas=parse_replicas(replicas))
    note = browser_note(options.environment)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(claimed_folder(data) if data is not None else ephemeral_folder())
        if verbose:
            await stack.enter_async_context(shown_logs(folder.logs, partial(_show_log, console)))
        platform = await stack.enter_async_context(running_platform(folder, options, partial(_announce, console)))
        token = await _signed_up(platform)
        if as_json:
            typer.echo(introduction(platform, token))
        else:
            _introduce(console, platform, token, note)
        await asyncio.Event().wait()


def _announce(console: Console, line: str) -> None:
    console.print(Text(f"  {line}", "dim"))


def _show_log(console: Console, name: str, line: str) -> None:
    console.print(Text(f"{name} | {line}"), soft_wrap=True)


async def _signed_up(platform: Platform) -> str | None:
    """A token of the default user, ready for use; None where another issuer's tokens are accepted."""
    if not platform.state.mints_tokens:
        return None
    token = mint_token(platform.folder, platform.state, DEFAULT_USER)
    async with open_gateway(platform.url, token) as gateway:
        await gateway.sign_up()
    return token


def introduction(platform: Platform, token: str | None) -> str:
    """Where everything is, as JSON on one line: a script reads the first line of stdout."""
    state = platform.state
    return json.dumps(
        {
            "url": state.url,
            "token": token,
            "supabase_url": state.supabase_url,
            "publishable_key": PUBLISHABLE_KEY if token else None,
            "data": str(platform.folder.path),
            "logs": str(platform.folder.logs),
            "stand_ins": list(state.stand_ins),
        }
    )


def _introduce(console: Console, platform: Platform, token: str | None, note: str | None) -> None:
    """Say where everything is."""
    state, folder = platform.state, platform.folder
    console.print(Text.assemble("Scribe is running at ", (state.url, "bold")))
    if token:
        console.print(Text(f"  token  {token}"), soft_wrap=True)
        console.print(f"  supabase {state.supabase_url}  publishable key {PUBLISHABLE_KEY}", soft_wrap=True)
    console.print(f"  data   {folder.path}\n  logs   {folder.logs}", soft_wrap=True)
    if state.stand_ins:
        keys = [KEYS[name] for name in state.stand_ins if name in KEYS]
        console.print(f"  stand-ins for {', '.join(state.stand_ins)}; for the real ones set {' and '.join(keys)}")
    if note:
        console.print(f"  {note}")
    console.print("Ctrl-C stops everything.")


def parse_replicas(values: Sequence[str]) -> dict[str, int]:
    """`parser=2` and the like.

    Raises:
        LocalError: another form, step or number.
    """
    replicas: dict[str, int] = {}
    for value in values:
        step, _, number = value.partition("=")
        if step not in tuple(ROUTE) or not number.isdecimal() or not 1 <= int(number) <= MAX_REPLICAS:
            raise LocalError(
                f"--replicas {value} is not understood: write STEP=N with one of {', '.join(ROUTE)} "
                f"and a number from 1 to {MAX_REPLICAS}."
            )
        replicas[step] = int(number)
    return replicas
