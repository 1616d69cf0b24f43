"""Texts and tables of the OpenAPI document that belong to no single route."""

from typing import Any

DESCRIPTION = """
Scribe writes personal e-mails to academics: it researches the recipient and fills a template with what it found.

Every call carries `Authorization: Bearer <Supabase access token>`; a new user calls `POST /api/user/init` once. Submit
with `POST /api/email/generate` or `POST /api/queue/batch`, follow with `GET /api/queue/` or the event streams, and read
the result with `GET /api/email/{id}`. Errors are `application/problem+json` (RFC 9457) and always have a `detail`.
Timestamps are ISO 8601 in UTC with the suffix `Z`.
"""

TAGS = {
    "user": "The caller's account.",
    "email": "Having e-mails written, and reading them.",
    "queue": "E-mails on their way.",
    "templates": "Templates that are written from a PDF.",
    "admin": "For administrators.",
    "health": "For browsers, load balancers and operators.",
}

REASONS = {
    400: "The request cannot be carried out as it is, or its id is not a UUID.",
    401: "No valid access token came with the request.",
    403: "The caller may not do this, or has no account yet: call POST /api/user/init first.",
    404: "There is no such resource that the caller could see.",
    409: "The request contradicts what is there, or the first one with its Idempotency-Key is still being answered.",
    413: "The request is too large.",
    422: "The request is not valid; each entry of `detail` names a place and what is wrong there.",
    429: "A limit of the caller's is used up; `Retry-After` says for how long.",
    500: "Something went wrong on our side. Please try again.",
    502: "The language model did not write a usable template.",
    503: "Scribe is not available for a moment. Please try again.",
    504: "The language model did not answer in time.",
}

_PROBLEM = {
    "type": {"type": "string", "const": "about:blank"},
    "title": {"type": "string", "description": "The status's phrase."},
    "status": {"type": "integer"},
    "message": {"type": "string", "description": "A sentence for the user."},
}
SCHEMAS: dict[str, Any] = {
    "Problem": {
        "title": "Problem",
        "description": "An error (RFC 9457).",
        "type": "object",
        "required": ["type", "title", "status", "detail", "message"],
        "properties": {**_PROBLEM, "detail": {"type": "string", "description": "A sentence for the user."}},
    },
    "ValidationProblem": {
        "title": "ValidationProblem",
        "description": "What is wrong with a request, place by place.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "message"],
        "properties": {
            **_PROBLEM,
            "detail": {"type": "array", "items": {"$ref": "#/components/schemas/InvalidPlace"}, "minItems": 1},
        },
    },
    "InvalidPlace": {
        "title": "InvalidPlace",
        "type": "object",
        "required": ["type", "loc", "msg"],
        "properties": {
            "type": {"type": "string"},
            "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
            "msg": {"type": "string"},
        },
    },
}


def _header(description: str, example: str, type_: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": type_}, "example": example}


HEADERS = {
    "X-Request-ID": _header(
        "The request's id: the client's, or one made here.", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    ),
    "Location": _header("Where to look for the result.", "/api/email/status/7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    "Retry-After": _header("Whole seconds to wait.", "2", "integer"),
    "ETag": _header("Send it as `If-None-Match`; the answer is 304 while nothing has changed.", 'W/"1f0c…"'),
    "X-Total-Count": _header("How many elements there are in all.", "45", "integer"),
    "Link": _header("The next page, by a cursor that stays right while elements are added.", '<…>; rel="next"'),
    "RateLimit": _header("What is left of the limit, and when it is whole again.", '"generate";r=59;t=1'),
    "RateLimit-Policy": _header("The limit: calls (`q`) in seconds (`w`).", '"generate";q=60;w=60'),
    "WWW-Authenticate": _header("What is wanted.", 'Bearer realm="scribe"'),
}

_LIMITED = ("RateLimit", "RateLimit-Policy")
_PAGED = ("X-Total-Count", "Link")
HEADERS_OF = {
    ("post", "/api/email/generate"): ("Location", "Retry-After", *_LIMITED),
    ("post", "/api/queue/batch"): _LIMITED,
    ("post", "/api/queue/batch/csv"): _LIMITED,
    ("post", "/api/templates/"): _LIMITED,
    ("get", "/api/email/"): _PAGED,
    ("get", "/api/templates/"): _PAGED,
    ("get", "/api/queue/"): ("ETag",),
    ("get", "/api/email/status/{task_id}"): ("ETag",),
}


def _link(operation: str, parameter: str, source: str, description: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": {parameter: source}, "description": description}


def _item_links(source: str) -> dict[str, Any]:
    return {
        "status": _link("status", "task_id", source, "How it goes."),
        "cancel": _link("cancel_item", "id", source, "End it."),
        "delete": _link("delete_item", "id", source, "Take it out of the queue."),
        "retry": _link("retry_item", "id", source, "Try it again when it has failed."),
    }


LINKS = {
    ("get", "/api/email/"): {
        "get": _link("get_email", "id", "$response.body#/0/id", "Read it."),
        "update": _link("update_email", "id", "$response.body#/0/id", "Discard or edit it."),
    },
    ("get", "/api/queue/"): _item_links("$response.body#/0/id"),
    ("get", "/api/templates/"): {"get": _link("get_template", "id", "$response.body#/0/id", "Read it.")},
    ("get", "/api/admin/deadletters"): {"replay": _link("replay", "id", "$response.body#/0/id", "Send it back.")},
    ("post", "/api/email/generate"): _item_links("$response.body#/task_id"),
    ("post", "/api/queue/batch"): _item_links("$response.body#/queue_item_ids/0"),
    ("post", "/api/templates/"): {
        "get": _link("get_template", "id", "$response.body#/id", "Read it."),
        "delete": _link("delete_template", "id", "$response.body#/id", "Remove it."),
    },
}
