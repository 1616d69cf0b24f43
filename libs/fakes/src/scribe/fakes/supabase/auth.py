"""Supabase Auth: sign-in by password or by a local page, refresh, the signed-in user, sign-out."""

import html
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from scribe.fakes.supabase.keys import Keys
from scribe.fakes.supabase.sessions import Json, Sessions, user

WRONG_PASSWORD = "wrong"
DEFAULT_EMAIL = "student@example.org"

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in (stand-in)</title>
<body style="font: 16px system-ui; max-width: 24rem; margin: 4rem auto">
<h1>Sign in</h1><form method="post"><label>E-mail <input name="email" type="email" value="{email}" required></label>
<button>Continue</button></form><p>This page is a stand-in for {provider}: every address is let in.</p></body></html>"""


def auth(keys: Keys) -> Starlette:
    """The API."""
    routes = AuthRoutes(keys)
    return Starlette(
        routes=[
            Route("/.well-known/jwks.json", routes.jwks),
            Route("/token", routes.token, methods=["POST"]),
            Route("/signup", routes.sign_up, methods=["POST"]),
            Route("/authorize", routes.authorize, methods=["GET", "POST"]),
            Route("/user", routes.current),
            Route("/logout", routes.log_out, methods=["POST"]),
        ]
    )


class AuthRoutes:
    """What the API answers."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._sessions = Sessions(keys)

    async def jwks(self, _request: Request) -> Response:
        """The public keys."""
        return JSONResponse(self._keys.jwks(), headers={"Cache-Control": "public, max-age=600"})

    async def token(self, request: Request) -> Response:
        """A session, by `grant_type`."""
        grant = request.query_params.get("grant_type", "")
        return _token(self._sessions, _issuer(request), grant, await _json(request))

    async def sign_up(self, request: Request) -> Response:
        """A session: everybody has an account."""
        email = str((await _json(request)).get("email", DEFAULT_EMAIL))
        return JSONResponse(self._sessions.open(_issuer(request), email))

    async def authorize(self, request: Request) -> Response:
        """The sign-in page, and what it sends."""
        if request.method == "GET":
            provider = html.escape(request.query_params.get("provider", "an identity provider"))
            return HTMLResponse(PAGE.format(email=DEFAULT_EMAIL, provider=provider))
        form = await request.form()
        return _signed_in(self._sessions, request, str(form.get("email") or DEFAULT_EMAIL))

    async def current(self, request: Request) -> Response:
        """The signed-in user."""
        claims = self._sessions.claims_of(request.headers.get("authorization", ""))
        if claims is None:
            return _error(403, "bad_jwt", "invalid JWT")
        return JSONResponse(user(str(claims["sub"]), str(claims.get("email", ""))))

    async def log_out(self, request: Request) -> Response:
        """Ends the session."""
        claims = self._sessions.claims_of(request.headers.get("authorization", ""))
        if claims is None:
            return _error(403, "bad_jwt", "invalid JWT")
        self._sessions.end(str(claims.get("session_id")))
        return Response(status_code=204)


def _token(sessions: Sessions, issuer: str, grant: str, body: Json) -> Response:
    match grant:
        case "refresh_token":
            session = sessions.refresh(issuer, str(body.get("refresh_token", "")))
        case "pkce":
            session = sessions.exchange(issuer, str(body.get("auth_code", "")), str(body.get("code_verifier", "")))
        case "password" | "":
            wrong = body.get("password") == WRONG_PASSWORD
            session = None if wrong else sessions.open(issuer, str(body.get("email", DEFAULT_EMAIL)))
        case _:
            return _error(400, "unsupported_grant_type", "unsupported_grant_type")
    return JSONResponse(session) if session else _error(400, "invalid_credentials", "Invalid login credentials")


def _signed_in(sessions: Sessions, request: Request, email: str) -> Response:
    """Back to the page that asked: with a code (PKCE), or with the session behind a `#` (implicit)."""
    target = request.query_params.get("redirect_to", "/")
    challenge = request.query_params.get("code_challenge")
    if challenge:
        separator = "&" if "?" in target else "?"
        return RedirectResponse(f"{target}{separator}{urlencode({'code': sessions.code_for(email, challenge)})}", 303)
    session = {name: value for name, value in sessions.open(_issuer(request), email).items() if name != "user"}
    return RedirectResponse(f"{target}#{urlencode(session)}", 303)


def _issuer(request: Request) -> str:
    return str(request.url).partition("/auth/v1")[0] + "/auth/v1"


async def _json(request: Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": status, "error_code": code, "msg": message}, status)
