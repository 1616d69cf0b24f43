"""Every error that a client is answered with. Each carries its status; `detail` is a sentence for the client.

Problem
├── BadRequest            400
├── Unauthorized          401
├── Forbidden             403
├── NotFound              404   also what belongs to somebody else
├── MethodNotAllowed      405   always with Allow
├── Conflict              409
├── Unprocessable         422   `detail` is FastAPI's list
├── TooManyRequests       429   always with Retry-After
├── BadGateway            502
├── ServiceUnavailable    503
└── GatewayTimeout        504
"""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import JSONResponse

Detail = str | Sequence[Mapping[str, object]]


class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """An answer that is an error."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail: Detail = "Something went wrong on our side. Please try again."

    def __init__(self, detail: Detail | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(detail or self.detail))
        self.detail = detail or self.detail
        self.headers = dict(headers or {})

    def __str__(self) -> str:
        return sentence_of(self.detail)


class BadRequest(Problem):
    """The request cannot be carried out as it is. `reason` is for the log: more than the client may learn."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, *, reason: str = "") -> None:
        super().__init__(detail)
        self.reason = reason


class Unauthorized(Problem):
    """No valid token came with the request."""

    status = HTTPStatus.UNAUTHORIZED
    detail = "A valid access token is needed."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="scribe"'})


class Forbidden(Problem):
    """The caller may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """There is no such resource that the caller could see."""

    status = HTTPStatus.NOT_FOUND
    detail = "Not found."


class MethodNotAllowed(Problem):
    """Nothing of the kind can be done with this path."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    detail = "This method is not allowed here."

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(headers={"Allow": ", ".join(allowed)})


class Conflict(Problem):
    """The request contradicts what is there."""

    status = HTTPStatus.CONFLICT


class Unprocessable(Problem):
    """The request is understood and makes no sense: always FastAPI's list, which is what clients expect of a 422."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, *places: Mapping[str, object]) -> None:
        super().__init__(places)
        self.places = places


def invalid(kind: str, loc: Sequence[str | int], message: str) -> Mapping[str, object]:
    """One entry of FastAPI's list."""
    return {"type": kind, "loc": list(loc), "msg": message}


class TooManyRequests(Problem):
    """A limit is used up for now. `retry_after` is in seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, detail: str, retry_after: float, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, headers={**(headers or {}), "Retry-After": str(max(1, math.ceil(retry_after)))})


class BadGateway(Problem):
    """A service behind us failed."""

    status = HTTPStatus.BAD_GATEWAY


class ServiceUnavailable(Problem):
    """Something we cannot do without is away."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "Scribe is not available for a moment. Please try again."

    def __init__(self, detail: str | None = None, retry_after: float = 5.0) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, math.ceil(retry_after)))})


class GatewayTimeout(Problem):
    """A service behind us did not answer in time."""

    status = HTTPStatus.GATEWAY_TIMEOUT


def sentence_of(detail: Detail) -> str:
    """One sentence to show: `detail` itself, or what FastAPI's list says of the first place that is wrong."""
    if isinstance(detail, str):
        return detail
    first = detail[0] if detail else {"msg": "The request is not valid"}
    loc = first.get("loc")
    place = str(loc[-1]) if isinstance(loc, list | tuple) and loc and loc[-1] not in _WHOLE_PARTS else ""
    more = f" ({len(detail) - 1} more)" if len(detail) > 1 else ""
    message = str(first.get("msg", "")).removesuffix(".")
    return f"{place}: {message}{more}." if place else f"{message}{more}."


_WHOLE_PARTS = frozenset({"body", "query", "path", "header"})
"""What a place is named where no field of it is meant."""


def problem_body(status: int, detail: Detail) -> dict[str, object]:
    """An RFC 9457 document; its type is `about:blank`, so its title is the status's phrase."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "message": sentence_of(detail),
    }


def problem_response(status: int, detail: Detail, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer that carries `problem_body`."""
    body = problem_body(status, detail)
    return JSONResponse(body, status, headers=dict(headers or {}), media_type="application/problem+json")
