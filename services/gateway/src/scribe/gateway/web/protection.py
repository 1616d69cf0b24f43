"""Security headers of every answer: no framing, no MIME sniffing, no caching, no referrer."""

from starlette.datastructures import MutableHeaders

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
DOCUMENTATION = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Of the API's documentation: Swagger UI from our own files. It styles its elements one by one."""


def protect(headers: MutableHeaders, path: str) -> None:
    """Add what the answer does not say itself. Polled answers say `no-cache`: browsers keep them for the next 304."""
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Content-Security-Policy", DOCUMENTATION if path == "/docs" else NOTHING)
    if path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
