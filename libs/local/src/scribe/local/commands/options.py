"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from scribe.local.folder import DEFAULT_FOLDER
from scribe.local.tokens import DEFAULT_USER

Data = Annotated[Path, typer.Option("--data", help="Folder of the platform's data.", show_default=str(DEFAULT_FOLDER))]
User = Annotated[str, typer.Option("--user", help="E-mail address of the user to act as.", show_default=DEFAULT_USER)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
