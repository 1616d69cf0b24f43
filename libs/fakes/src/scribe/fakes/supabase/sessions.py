"""Sessions of signed-in users.

A refresh token is a signed token too, so that sessions survive a restart; what was signed out is forgotten with it.
"""

import base64
import hashlib
import time
from datetime import UTC, datetime
from uuid import uuid4

from scribe.fakes.supabase.keys import LIFETIME, Keys, user_id_of

REFRESH_LIFETIME = 30 * 86400
MAX_CODES = 1000

Json = dict[str, object]


class Sessions:
    """Who is signed in. `codes` are what the sign-in page gave out, with the challenge that each must meet."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._ended: set[str] = set()
        self._codes: dict[str, tuple[str, str]] = {}

    def open(self, issuer: str, email: str, session_id: str | None = None) -> Json:
        """A session as Supabase answers with it."""
        session = session_id or str(uuid4())
        sub = str(user_id_of(email))
        now = int(time.time())
        refresh = {"email": email, "session_id": session, "use": "refresh", "exp": now + REFRESH_LIFETIME}
        claims = {"session_id": session}
        return {
            "access_token": self._keys.mint(issuer, sub=sub, email=email, claims=claims),
            "token_type": "bearer",
            "expires_in": LIFETIME,
            "expires_at": now + LIFETIME,
            "refresh_token": self._keys.sign(refresh),
            "user": user(sub, email),
        }

    def refresh(self, issuer: str, token: str) -> Json | None:
        """The same session, anew; None where it has ended."""
        claims = self._keys.read(token)
        if claims is None or claims.get("use") != "refresh" or claims["session_id"] in self._ended:
            return None
        return self.open(issuer, str(claims["email"]), str(claims["session_id"]))

    def claims_of(self, authorization: str) -> Json | None:
        """The claims of the access token in an `Authorization` header."""
        claims = self._keys.read(authorization.partition(" ")[2])
        return claims if claims and "sub" in claims and claims.get("session_id") not in self._ended else None

    def end(self, session_id: str) -> None:
        """Sign out."""
        self._ended.add(session_id)

    def code_for(self, email: str, challenge: str) -> str:
        """A code that can be exchanged once."""
        if len(self._codes) >= MAX_CODES:
            self._codes.clear()
        code = uuid4().hex
        self._codes[code] = (email, challenge)
        return code

    def exchange(self, issuer: str, code: str, verifier: str) -> Json | None:
        """The session behind a code, for whoever knows the verifier of its challenge (PKCE)."""
        email, challenge = self._codes.pop(code, ("", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        return self.open(issuer, email) if email and challenge in (verifier, digest) else None


def user(sub: str, email: str) -> Json:
    """A user as Supabase tells of it."""
    now = datetime.now(UTC).isoformat()
    return {
        "id": sub,
        "aud": "authenticated",
        "role": "authenticated",
        "email": email,
        "email_confirmed_at": now,
        "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {},
        "identities": [],
        "created_at": now,
        "updated_at": now,
    }
