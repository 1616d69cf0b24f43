"""`/api/email/` and `/api/email/{id}`."""

import asyncpg
from fastapi import APIRouter, Query, Request, Response

from scribe.common.process.database import load_queries
from scribe.gateway.context import InContext, PathId, UserId
from scribe.gateway.emails.models import Email, EmailUpdate
from scribe.gateway.problems import NotFound
from scribe.gateway.web.openapi import problems
from scribe.gateway.web.paging import WantedPage, one_page

SQL = load_queries("scribe.gateway.emails")
router = APIRouter(prefix="/api/email", tags=["email"])


@router.get("", include_in_schema=False)
@router.get("/", responses=problems(400))
async def list_emails(
    context: InContext,
    user_id: UserId,
    page: WantedPage,
    request: Request,
    response: Response,
    include_discarded: bool = Query(False, description="Also those that the user has discarded."),
    displayed: bool | None = Query(None, description="Only those that are, or are not, displayed."),
) -> list[Email]:
    """The caller's e-mails, newest first."""
    async with context.database.as_user(user_id) as connection:
        rows = await connection.fetch(
            SQL["list"],
            user_id,
            page.row_limit,
            page.after_time,
            page.after_id,
            include_discarded,
            displayed,
            page.offset,
        )
        total = await connection.fetchval(SQL["count"], user_id, include_discarded, displayed)
    return [Email.model_validate(dict(row)) for row in one_page(request, response, page, total, rows)]


@router.get("/{id}")
async def get_email(context: InContext, user_id: UserId, email_id: PathId) -> Email:
    """One e-mail, also a discarded one."""
    async with context.database.as_user(user_id) as connection:
        return _found(await connection.fetchrow(SQL["find"], email_id, user_id))


@router.patch("/{id}")
async def update_email(context: InContext, user_id: UserId, email_id: PathId, body: EmailUpdate) -> Email:
    """Discard an e-mail, bring it back, or keep the user's own edit of it."""
    async with context.database.as_user(user_id) as connection:
        return _found(await connection.fetchrow(SQL["update"], email_id, user_id, body.displayed, body.email_message))


def _found(row: asyncpg.Record | None) -> Email:
    if row is None:
        raise NotFound("There is no such e-mail.")
    return Email.model_validate(dict(row))
