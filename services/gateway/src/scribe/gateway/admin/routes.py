"""`/api/admin`: reading only; what changes something is in `deadletters`."""

from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query

from scribe.common.process.database import load_queries
from scribe.gateway.admin.models import (
    AdminEmail,
    AdminEmailPage,
    AdminError,
    AdminQueueItem,
    AdminTemplate,
    AdminUser,
    Overview,
    Week,
)
from scribe.gateway.context import Admin, Context, InContext, PathId

SQL = load_queries("scribe.gateway.admin")
MAX_PAGES = 10_000_000
router = APIRouter(prefix="/api/admin", tags=["admin"])


async def _fetch(context: Context, name: str, *arguments: UUID | int) -> list[asyncpg.Record]:
    async with context.database.as_service() as connection:
        return await connection.fetch(SQL[name], *arguments)


@router.get("/overview")
async def overview(context: InContext, _admin: Admin) -> Overview:
    """The whole platform in numbers."""
    (row,) = await _fetch(context, "overview")
    return Overview.model_validate(dict(row))


@router.get("/users")
async def users(context: InContext, _admin: Admin) -> list[AdminUser]:
    """All users, those with the most e-mails first."""
    return [AdminUser.model_validate(dict(row)) for row in await _fetch(context, "users")]


@router.get("/users/{id}/emails")
async def emails(
    context: InContext,
    _admin: Admin,
    user_id: PathId,
    page: int = Query(1, ge=1, le=MAX_PAGES),
    per_page: int = Query(20, ge=1, le=100),
) -> AdminEmailPage:
    """One user's e-mails, newest first."""
    rows = await _fetch(context, "emails", user_id, per_page, (page - 1) * per_page)
    ((total,),) = await _fetch(context, "count_emails", user_id)
    items = [AdminEmail.model_validate(dict(row)) for row in rows]
    return AdminEmailPage(items=items, total=total, page=page, per_page=per_page, pages=max(1, -(-total // per_page)))


@router.get("/users/{id}/templates")
async def templates(context: InContext, _admin: Admin, user_id: PathId) -> list[AdminTemplate]:
    """One user's templates, newest first."""
    return [AdminTemplate.model_validate(dict(row)) for row in await _fetch(context, "templates", user_id)]


@router.get("/users/{id}/queue")
async def queue(context: InContext, _admin: Admin, user_id: PathId) -> list[AdminQueueItem]:
    """One user's items, newest first."""
    return [AdminQueueItem.model_validate(dict(row)) for row in await _fetch(context, "queue", user_id)]


@router.get("/activity")
async def activity(context: InContext, _admin: Admin) -> list[Week]:
    """The last twelve weeks, the current one first."""
    return [Week.model_validate(dict(row)) for row in await _fetch(context, "activity")]


@router.get("/errors")
async def errors(context: InContext, _admin: Admin) -> list[AdminError]:
    """Failed items, newest first, 500 at most."""
    return [AdminError.model_validate(dict(row)) for row in await _fetch(context, "errors")]
