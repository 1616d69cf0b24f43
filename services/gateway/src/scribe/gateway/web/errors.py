"""Every error is answered as application/problem+json, with texts that are written for the client."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scribe.gateway.problems import MethodNotAllowed, Problem, problem_response
from scribe.gateway.web.openapi import allowed_methods

_SENTENCES = {
    404: "Not found.",
    413: "The request is too large.",
}


def install(app: FastAPI) -> None:
    """Register the handlers."""

    async def on_problem(_request: Request, error: Exception) -> Response:
        if not isinstance(error, Problem):
            raise error
        return problem_response(error.status, error.detail, headers=error.headers)

    async def on_validation(_request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, readable(error))

    async def on_http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            # The framework's 405 names the methods of the first matching route only.
            allowed = allowed_methods(app, request.url.path) or [(error.headers or {})["Allow"]]
            return await on_problem(request, MethodNotAllowed(allowed))
        sentence = _SENTENCES.get(error.status_code, HTTPStatus(error.status_code).phrase + ".")
        return problem_response(error.status_code, sentence, headers=error.headers)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)


def readable(error: RequestValidationError) -> list[dict[str, object]]:
    """FastAPI's list without what the client sent, which may hold what JSON cannot carry."""
    wanted = ("type", "loc", "msg")
    found: list[dict[str, object]] = jsonable_encoder(
        [{key: problem[key] for key in wanted if key in problem} for problem in error.errors()]
    )
    return found
