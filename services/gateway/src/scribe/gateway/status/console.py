"""`GET /`: a page for people, the same facts as JSON for programs."""

from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from scribe.gateway.status.health import VERSION
from scribe.gateway.web.openapi import Responses

router = APIRouter()
FACTS = {"name": "Scribe", "version": VERSION, "docs": "/docs", "health": "/health"}
DESCRIBED: Responses = {
    200: {
        "description": "The console page, or the facts where JSON is asked for.",
        "content": {
            "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
            "application/json": {"schema": {"type": "object"}, "example": FACTS},
        },
    }
}
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@router.get("/", response_class=HTMLResponse, tags=["health"], responses=DESCRIBED)
async def console(request: Request) -> Response:
    """The console page; name, version, docs and health where JSON is asked for."""
    accepted = request.headers.get("accept", "")
    if "application/json" in accepted and "text/html" not in accepted:
        return JSONResponse(FACTS, headers={"Vary": "Accept"})
    page = (files("scribe.gateway.status") / "console.html").read_text("utf-8").replace("VERSION", VERSION)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Vary": "Accept"})
