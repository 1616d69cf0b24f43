"""Polling: an answer that has not changed is 304 without a body."""

import hashlib
import re

from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json"
_TAG = re.compile(r'"([^"]*)"')


def known_tags(request: Request) -> list[str]:
    """The tags the client has already (`If-None-Match`), weak or not (RFC 9110). `*`, which no poll sends, is none."""
    return _TAG.findall(request.headers.get("if-none-match", ""))


def tagged(tag: str, body: str | None) -> Response:
    """The JSON body with its ETag, or 304 where the client has it already."""
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache"}
    if body is None:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)


def polled(request: Request, body: str) -> Response:
    """An answer whose tag follows from its body."""
    tag = hashlib.blake2b(body.encode(), digest_size=12).hexdigest()
    return tagged(tag, None if tag in known_tags(request) else body)
