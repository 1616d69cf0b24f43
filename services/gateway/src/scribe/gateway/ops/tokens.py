"""`token`: an administrator's access token for the REST API, where this installation signs with a secret of its own."""

import argparse
import time
from uuid import UUID

import jwt

from scribe.gateway.auth.tokens import AUDIENCE
from scribe.gateway.ops.answer import Answer
from scribe.gateway.ops.operations import Command, Commands, Operations
from scribe.gateway.problems import BadRequest

MAX_SECONDS = 3600


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add `token`."""
    token = commands.add_parser("token", parents=[shared], help="an administrator's access token, for an hour at most")
    token.add_argument("user", metavar="USER_ID", type=UUID, help="the administrator's id, for the audit lines")
    token.add_argument("--seconds", type=int, default=600, help="how long it is valid (600)")
    token.set_defaults(run=_token)


async def _token(operations: Operations, command: Command) -> Answer:
    settings = operations.settings
    if settings.jwt_secret is None:
        raise BadRequest(
            "SCRIBE_JWT_SECRET is not set: tokens are signed by Supabase alone. Sign in there as a user whose"
            " app_metadata.role is admin, or whose id is among adminUserIds."
        )
    if not 0 < command.seconds <= MAX_SECONDS:
        raise BadRequest(f"--seconds is between 1 and {MAX_SECONDS}.")
    now = int(time.time())
    claims = {
        "sub": str(command.user),
        "iss": settings.issuer,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + command.seconds,
        "app_metadata": {"role": "admin"},
    }
    return Answer([{"token": jwt.encode(claims, settings.jwt_secret.get_secret_value(), "HS256")}])
