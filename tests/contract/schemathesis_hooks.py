"""Replaces values that a schema cannot tell from useful ones by such that are: each valid by a valid one."""

from typing import Any
from uuid import uuid4

import schemathesis


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _options: object) -> None:
    """Every idempotency key is new, no cursor is made up, and no PDF is looked for on the internet."""
    for name, value in dict(case.headers or {}).items():
        if name.lower() == "idempotency-key" and 1 <= len(value) <= 255:
            case.headers[name] = uuid4().hex
    cursor = (case.query or {}).get("cursor")
    if isinstance(cursor, str) and len(cursor) <= 256:
        case.query.pop("cursor")
    url = case.body.get("pdf_url") if isinstance(case.body, dict) else None
    if isinstance(case.body, dict) and isinstance(url, str) and url.startswith("https://"):
        case.body["pdf_url"] = "https://localhost/resume.pdf"
    for name, value in dict(case.path_parameters or {}).items():
        if value in (None, "None"):
            # A link that was found by name, from a field that may be null.
            case.path_parameters[name] = str(uuid4())
