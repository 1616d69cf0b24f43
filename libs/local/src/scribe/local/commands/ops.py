"""`scribe ops`: what operators do in a gateway's pod (`scribe-ops`), with the platform that runs here."""

import os
import subprocess
import sys

import typer

from scribe.local.commands.options import Data
from scribe.local.folder import DEFAULT_FOLDER, RunState
from scribe.local.platform import DEFAULTS
from scribe.local.reach import state_of

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def ops(context: typer.Context, data: Data = DEFAULT_FOLDER) -> None:
    """Streams, consumers, dead letters, a look at all parts: `scribe-ops` of a gateway's pod. See `ops --help`."""
    command = (sys.executable, "-m", "scribe.gateway.ops", *context.args)
    environment = {**DEFAULTS, **os.environ, **_environment(state_of(data))}
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603 - our own module


def _environment(state: RunState) -> dict[str, str]:
    """The settings of the running gateway; on NATS those of the operator, who may do what it may and more."""
    return {
        "SCRIBE_DATABASE_URL": state.database_url,
        "SCRIBE_NATS_URL": state.nats_url,
        "SCRIBE_NATS_NKEY_FILE": state.nats_nkey_file,
        "SCRIBE_NATS_API_PREFIX": "$JS.API",
        "SCRIBE_SUPABASE_URL": state.issuer.removesuffix("/auth/v1"),
        "SCRIBE_STAND_INS": str(bool(state.stand_ins)).lower(),
    }
