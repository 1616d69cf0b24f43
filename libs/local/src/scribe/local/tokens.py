"""Access tokens for users of a platform on this machine, signed with the stand-in's keys."""

import time

from scribe.fakes.supabase import Keys, user_id_of
from scribe.local.errors import LocalError
from scribe.local.folder import DataFolder, RunState

DEFAULT_USER = "you@example.org"
LIFETIME = 7 * 86400
"""Seconds; longer than Supabase's hour, for whoever pastes a token into a script."""


def mint_token(folder: DataFolder, state: RunState, email: str, *, admin: bool = False) -> str:
    """An access token.

    Raises:
        LocalError: the platform trusts a real Supabase project.
    """
    if not state.mints_tokens:
        raise LocalError(
            "This platform trusts your Supabase project (SUPABASE_URL is set); take a token from there and set "
            "SCRIBE_TOKEN to it."
        )
    claims: dict[str, object] = {"exp": int(time.time()) + LIFETIME}
    if admin:
        claims["app_metadata"] = {"role": "admin"}
    keys = Keys.load_or_create(folder.keys)
    return keys.mint(state.issuer, sub=str(user_id_of(email)), email=email, claims=claims)
