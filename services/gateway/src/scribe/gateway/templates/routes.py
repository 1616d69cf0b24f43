"""`/api/templates`: five at most for each user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from scribe.common.process.database import load_queries
from scribe.gateway.context import Context, InContext, PathId, UserId
from scribe.gateway.limits.idempotency import KnownRepeats, claimed
from scribe.gateway.limits.rate import Limit, give_back, spend
from scribe.gateway.problems import BadRequest, NotFound, ServiceUnavailable, TooManyRequests, Unprocessable, invalid
from scribe.gateway.template_writer.opening import Templates
from scribe.gateway.templates.models import Template, TemplateRequest
from scribe.gateway.web.openapi import problems
from scribe.gateway.web.paging import WantedPage, one_page

SQL = load_queries("scribe.gateway.templates")
MAX_TEMPLATES = 5
HOUR = 3600
router = APIRouter(prefix="/api/templates", tags=["templates"])


@router.post("", include_in_schema=False, status_code=201, response_model=Template)
@router.post("/", status_code=201, response_model=Template, responses=problems(409, 429, 502, 504))
async def create_template(
    context: InContext,
    user_id: UserId,
    body: TemplateRequest,
    response: Response,
    repeats: KnownRepeats,
) -> Response:
    """Have a template written from a PDF; takes 5 to 15 seconds."""
    _raise_if_not_https(context, body.pdf_url)
    limit = _limit(context)
    charge = partial(spend, user_id=user_id, limit=limit, response=response)
    async with claimed(context.database, user_id, repeats, "templates", body, charge) as claim:
        if claim.answer is not None:
            return claim.answer
        async with reserved(context, user_id, body) as draft_id:
            writer = _writer(context)
            document = await _document(context, user_id, limit, body.pdf_url)
            text = await writer.write(document, body.user_instructions)
            async with context.database.as_user(user_id) as connection:
                (row,) = await connection.fetch(SQL["finish"], draft_id, user_id, text)
                await connection.execute(SQL["recount"], user_id)
                template = Template.model_validate(dict(row)).model_dump(mode="json")
                answer = JSONResponse(template, HTTPStatus.CREATED, headers=dict(response.headers))
                return await claim.finish(connection, answer)


def _limit(context: Context) -> Limit:
    calls = context.settings.templates_per_hour
    return Limit(
        "templates", calls, HOUR, f"You have had {calls} templates written within an hour. Please wait a little."
    )


def _raise_if_not_https(context: Context, url: str) -> None:
    """`http` is only for addresses that whoever runs Scribe has excepted: local storage, say."""
    if not url.lower().startswith("https:") and not context.settings.guard.makes_exception_for(url):
        raise Unprocessable(invalid("value_error", ["body", "pdf_url"], "must be an https URL"))


async def _document(context: Context, user_id: UUID, limit: Limit, url: str) -> str:
    """The text of the PDF. One that cannot be read costs nothing; why it cannot is in the log, not in the answer."""
    try:
        return await context.documents.text_at(url)
    except BadRequest as error:
        context.log.info("pdf_unusable", reason=error.reason or error.detail)
        await give_back(context.database, user_id, limit)
        raise


def _writer(context: Context) -> Templates:
    if context.templates is None:
        raise ServiceUnavailable("No language model is configured for templates.", retry_after=HOUR)
    return context.templates


@asynccontextmanager
async def reserved(context: Context, user_id: UUID, body: TemplateRequest) -> AsyncIterator[UUID]:
    """A reserved template row, made before the model is paid and released if no template comes of it.

    Raises:
        TooManyRequests: the user has five templates already.
    """
    async with context.database.as_user(user_id) as connection:
        await connection.execute(SQL["lock_user"], user_id)
        await connection.execute(SQL["forget_drafts"], user_id)
        if await connection.fetchval(SQL["count"], user_id) >= MAX_TEMPLATES:
            raise TooManyRequests(f"You have {MAX_TEMPLATES} templates. Delete one of them first.", HOUR)
        draft_id: UUID = await connection.fetchval(SQL["reserve"], user_id, body.pdf_url, body.user_instructions)
    try:
        yield draft_id
    finally:
        async with context.database.as_user(user_id) as connection:
            await connection.execute(SQL["release"], draft_id, user_id)


@router.get("", include_in_schema=False)
@router.get("/", responses=problems(400))
async def list_templates(
    context: InContext, user_id: UserId, page: WantedPage, request: Request, response: Response
) -> list[Template]:
    """The caller's templates, newest first."""
    async with context.database.as_user(user_id) as connection:
        rows = await connection.fetch(SQL["list"], user_id, page.row_limit, page.after_time, page.after_id, page.offset)
        total = await connection.fetchval(SQL["total"], user_id)
    return [Template.model_validate(dict(row)) for row in one_page(request, response, page, total, rows)]


@router.get("/{id}")
async def get_template(context: InContext, user_id: UserId, template_id: PathId) -> Template:
    """One template."""
    async with context.database.as_user(user_id) as connection:
        return _found(await connection.fetchrow(SQL["find"], template_id, user_id))


@router.delete("/{id}", status_code=204)
async def delete_template(context: InContext, user_id: UserId, template_id: PathId) -> None:
    """Remove a template, which makes room for another."""
    async with context.database.as_user(user_id) as connection:
        if await connection.fetchval(SQL["delete"], template_id, user_id) is None:
            raise NotFound("There is no such template.")
        await connection.execute(SQL["recount"], user_id)


def _found(row: asyncpg.Record | None) -> Template:
    if row is None:
        raise NotFound("There is no such template.")
    return Template.model_validate(dict(row))
