"""`scribe token`: an access token for the platform that runs here."""

import json
from typing import Annotated

import typer

from scribe.local.commands.options import AsJson, Data, User
from scribe.local.folder import DEFAULT_FOLDER, DataFolder
from scribe.local.gateway import open_gateway
from scribe.local.running import run
from scribe.local.tokens import DEFAULT_USER, mint_token


def token(
    user: User = DEFAULT_USER,
    admin: Annotated[bool, typer.Option("--admin", help="With the rights of an administrator.")] = False,
    as_json: AsJson = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Print an access token; the user is made where there is none."""
    run(_token(DataFolder(data.resolve()), user, admin=admin, as_json=as_json))


async def _token(folder: DataFolder, user: str, *, admin: bool, as_json: bool) -> None:
    state = folder.read_state()
    minted = mint_token(folder, state, user, admin=admin)
    async with open_gateway(state.url, minted) as gateway:
        await gateway.sign_up()
    typer.echo(json.dumps({"url": state.url, "user": user, "token": minted}) if as_json else minted)
