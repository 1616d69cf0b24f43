"""Supabase as far as `supabase-js` needs it: Auth with sign-in, refresh and sign-out, and Storage.

It lets everybody in: any password signs in, and only `wrong` is refused. An address always has the same user id.
"""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from scribe.fakes.supabase.auth import auth
from scribe.fakes.supabase.keys import Keys, user_id_of
from scribe.fakes.supabase.storage import storage

PUBLISHABLE_KEY = "sb_publishable_standin"

__all__ = ["PUBLISHABLE_KEY", "Keys", "supabase", "user_id_of"]


def supabase(keys: Keys) -> Starlette:
    """Auth and Storage, for pages of any origin."""
    everything = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    return Starlette(
        routes=[Mount("/auth/v1", auth(keys)), Mount("/storage/v1", storage())],
        middleware=[everything],
    )
