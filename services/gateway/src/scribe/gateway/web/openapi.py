"""The OpenAPI document: FastAPI's own, completed by what many routes have in common.

A route declares only the errors that are its own (`responses=problems(409, 429)`); the others follow from its path, its
parameters and whether it needs a token.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from scribe.gateway.problems import Detail, invalid, problem_body
from scribe.gateway.web.documentation import DESCRIPTION, HEADERS, HEADERS_OF, LINKS, REASONS, SCHEMAS, TAGS
from scribe.gateway.web.examples import EXAMPLES

Json: TypeAlias = dict[str, Any]
Responses: TypeAlias = dict[int | str, Json]

METHODS = ("get", "post", "patch", "delete")
PROBLEM_TYPE = "application/problem+json"
FRAMEWORKS_OWN = "Successful Response"


def problems(*statuses: int) -> Responses:
    """The `responses` of a route that may answer with these errors."""
    return {status: _problem(status) for status in statuses}


def text(description: str, examples: Mapping[str, str], also: Json | None = None) -> Responses:
    """The 200 of a route that answers with something other than JSON: an example by media type, and other content."""
    media = {name: {"schema": {"type": "string"}, "example": example} for name, example in examples.items()}
    return {200: {"description": description, "content": media | (also or {})}}


def list_of(schema: str) -> Json:
    """The content of an answer that is a list."""
    items = {"$ref": f"#/components/schemas/{schema}"}
    return {"application/json": {"schema": {"type": "array", "items": items}, "example": [EXAMPLES[schema]]}}


def not_modified() -> Responses:
    """The `responses` of a route that is polled."""
    return {304: {"description": "Nothing has changed since the answer with this ETag."}}


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` give the complete document."""

    def document() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(
                get_openapi(
                    title=app.title,
                    version=app.version,
                    summary=app.summary,
                    description=DESCRIPTION,
                    routes=app.routes,
                    tags=[{"name": name, "description": text} for name, text in TAGS.items()],
                )
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Json]]:
    """Path, method and description of every operation."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """The methods of a path, over all routes that match it; a fixed path goes before one with an id.

    A collection is listed under its name with the slash. Empty where the document has no such path.
    """
    paths: Mapping[str, Json] = app.openapi()["paths"]
    fixed = {path, f"{path}/"} & paths.keys()
    fitting = fixed or [known for known in paths if _fits(known, path)]
    return sorted({method.upper() for known in fitting for method in METHODS if method in paths[known]})


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w == g or w.startswith("{") for w, g in zip(wanted, given, strict=True))


def _completed(document: Json) -> Json:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(SCHEMAS)
    for name, example in EXAMPLES.items():
        if name in schemas:
            schemas[name]["examples"] = [example]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["headers"] = HEADERS
    for path, method, operation in operations(document):
        operation["responses"] = _completed_responses(path, method, operation)
    return document


def _completed_responses(path: str, method: str, operation: Json) -> Json:
    responses: Json = operation["responses"]
    responses.pop("422", None)
    for status in _expected(path, operation):
        if str(status) not in responses:
            responses[str(status)] = _problem(status)
    for code, response in responses.items():
        if response["description"] == FRAMEWORKS_OWN:
            response["description"] = f"{HTTPStatus(int(code)).phrase}."
    _add_headers(path, method, responses)
    _add_links(path, method, responses)
    return dict(sorted(responses.items()))


def _expected(path: str, operation: Json) -> Iterator[int]:
    yield HTTPStatus.INTERNAL_SERVER_ERROR
    if "security" in operation:
        yield from (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE)
    if "{" in path:
        yield HTTPStatus.BAD_REQUEST
        if not path.startswith("/api/admin/users/"):
            yield HTTPStatus.NOT_FOUND
    if "requestBody" in operation:
        yield from (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if _may_be_invalid(path, operation):
        yield HTTPStatus.UNPROCESSABLE_ENTITY


def _may_be_invalid(path: str, operation: Json) -> bool:
    """Whether 422 is possible: not where there is nothing but an id in the path, which is 400."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    return "requestBody" in operation or bool(places - {"path"}) or path.startswith("/api/admin/deadletters/")


def _problem(status: int) -> Json:
    is_list = status == HTTPStatus.UNPROCESSABLE_ENTITY
    schema = "ValidationProblem" if is_list else "Problem"
    missing = invalid("missing", ["body", "field"], "Field required")
    detail: Detail = [missing] if is_list else REASONS[status]
    example = problem_body(status, detail)
    headers = ["WWW-Authenticate"] if status == HTTPStatus.UNAUTHORIZED else []
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers.append("Retry-After")
    described: Json = {
        "description": REASONS[status],
        "content": {PROBLEM_TYPE: {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}},
    }
    if headers:
        described["headers"] = {name: _header(name) for name in headers}
    return described


def _add_headers(path: str, method: str, responses: Json) -> None:
    for status, response in responses.items():
        names = ["X-Request-ID"]
        if status.startswith("2"):
            names += HEADERS_OF.get((method, path), ())
        elif status == "304":
            names.append("ETag")
        response.setdefault("headers", {}).update({name: _header(name) for name in names})


def _add_links(path: str, method: str, responses: Json) -> None:
    links = LINKS.get((method, path))
    for status, response in responses.items():
        if links and status.startswith("2"):
            response["links"] = links


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}
