"""Answers that are errors, and answers that no client can read."""

from typing import Literal

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

Broken = Literal["reset", "truncated", "garbage", "empty", "html", "no_choices", "error_with_200", "null", "list"]


def refusal(status: int, message: str, retry_after: str | None, path: str) -> Response:
    """An error in the shape of the vendor whose path this is."""
    headers = {"Retry-After": retry_after or "1"} if status in (429, 503, 529) else {}
    if "/arxiv/" in path:
        if status == 429:
            return PlainTextResponse("Rate exceeded.", 429)
        return Response("<html><body><h1>503 Service Unavailable</h1></body></html>", status, headers, "text/html")
    if "/anthropic/" in path:
        kind = {429: "rate_limit_error", 529: "overloaded_error", 401: "authentication_error"}.get(status, "api_error")
        return JSONResponse({"type": "error", "error": {"type": kind, "message": message}}, status, headers)
    return JSONResponse({"error": {"message": "stand-in error", "type": "error", "code": status}}, status, headers)


def broken(kind: Broken) -> ASGIApp:
    """An answer that no client can read."""
    if kind == "reset":
        return _reset_midway
    bodies = {
        "truncated": b'{"id": "standin_", "content": [{"ty',
        "garbage": b"\xff\xfe<<<not json>>>",
        "empty": b"",
        "no_choices": b'{"id": "standin_", "object": "chat.completion", "created": 1, "model": "m", "choices": []}',
        "error_with_200": b'{"type": "error", "error": {"type": "overloaded_error", "message": "stand-in error"}}',
        "null": b"null",
        "list": b"[]",
        "html": b"<html><body><h1>Please wait</h1></body></html>",
    }
    return Response(bodies[kind], media_type="application/json")


async def _reset_midway(_scope: Scope, _receive: Receive, send: Send) -> None:
    """The beginning of an answer, and then the end of the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"id": "standin_", "content": [', "more_body": True})
    raise ConnectionAbortedError("closed by a control")
