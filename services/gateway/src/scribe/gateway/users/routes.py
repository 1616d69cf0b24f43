"""`/api/user`."""

from contextlib import suppress

import asyncpg
from fastapi import APIRouter, Body

from scribe.common.process.database import load_queries
from scribe.gateway.context import InContext, SignedIn, UserId
from scribe.gateway.problems import Conflict, Forbidden
from scribe.gateway.users.models import TemplateUpdate, User, UserInit
from scribe.gateway.web.openapi import problems

SQL = load_queries("scribe.gateway.users")
router = APIRouter(prefix="/api/user", tags=["user"])


@router.post("/init", status_code=201, responses=problems(409))
async def init(context: InContext, caller: SignedIn, body: UserInit | None = Body(None)) -> User:  # noqa: B008 - FastAPI's way
    """Set the caller's account up; calling it again re-reads the e-mail address from the token."""
    if caller.email is None:
        raise Forbidden("Only an account with an e-mail address can use Scribe. Please sign in with one.")
    display_name = body.display_name if body else None
    row: asyncpg.Record | None = None
    with suppress(asyncpg.UniqueViolationError):
        async with context.database.as_user(caller.id) as connection:
            await connection.execute(SQL["create"], caller.id, caller.email, display_name)
            row = await connection.fetchrow(SQL["readdress"], caller.id, caller.email, display_name)
    if row is None:
        raise Conflict("This e-mail address belongs to another account.")
    return _found(row)


@router.get("", name="user")
@router.get("/profile")
async def profile(context: InContext, user_id: UserId) -> User:
    """The caller's account."""
    async with context.database.as_user(user_id) as connection:
        return _found(await connection.fetchrow(SQL["find"], user_id))


@router.patch("/onboarding")
async def onboard(context: InContext, user_id: UserId) -> User:
    """Note that the caller has seen the introduction."""
    async with context.database.as_user(user_id) as connection:
        return _found(await connection.fetchrow(SQL["onboard"], user_id))


@router.patch("/template")
async def set_template(context: InContext, user_id: UserId, body: TemplateUpdate) -> User:
    """Keep the caller's own template."""
    async with context.database.as_user(user_id) as connection:
        return _found(await connection.fetchrow(SQL["set_template"], user_id, body.template))


def _found(row: asyncpg.Record | None) -> User:
    if row is None:
        raise Forbidden("This account does not exist any more.")
    return User.model_validate(dict(row))
