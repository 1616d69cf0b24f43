"""What requests need, and the FastAPI dependencies that hand it to them. `Depends` is used only here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from scribe.common.messaging.broker import Broker
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.route import Route
from scribe.gateway.auth.keys import KeysUnavailableError
from scribe.gateway.auth.tokens import Caller, TokenVerifier
from scribe.gateway.auth.users import UserCache
from scribe.gateway.database import Database
from scribe.gateway.pipeline.notifications import Notifications
from scribe.gateway.pipeline.pauses import StepPauses
from scribe.gateway.pipeline.positions import Positions
from scribe.gateway.problems import BadRequest, Forbidden, MethodNotAllowed, ServiceUnavailable, Unauthorized
from scribe.gateway.settings import GatewaySettings
from scribe.gateway.template_writer.documents import Documents
from scribe.gateway.template_writer.opening import Templates
from scribe.gateway.web.openapi import allowed_methods


@dataclass(frozen=True)
class Context:
    """What all requests share; one per process."""

    settings: GatewaySettings
    database: Database
    broker: Broker
    metrics: Metrics
    log: Logger
    tokens: TokenVerifier
    users: UserCache
    positions: Positions
    pauses: StepPauses
    notifications: Notifications
    documents: Documents
    templates: Templates | None
    wake_relay: Callable[[], None]
    route: Route

    def queue_changed(self) -> None:
        """Wake the relay and count the positions again: the waiting items have changed."""
        self.positions.forget()
        self.wake_relay()


bearer = HTTPBearer(auto_error=False, description="A Supabase access token.")


async def context_of(request: Request) -> Context:
    """The process's context. (FastAPI would run a function that is not async in a thread, which costs more.)"""
    context: Context = request.app.state.context
    return context


InContext = Annotated[Context, Depends(context_of)]


async def caller_of(
    context: InContext, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Caller:
    """Level S: whoever holds a valid token."""
    if credentials is None:
        raise Unauthorized
    try:
        return await context.tokens.verify(credentials.credentials)
    except KeysUnavailableError:
        raise ServiceUnavailable("Access tokens cannot be checked at the moment. Please try again.") from None


SignedIn = Annotated[Caller, Depends(caller_of)]


async def user_of(context: InContext, caller: SignedIn) -> UUID:
    """Level U: a caller with a row in `users`; gives the user's id."""
    if not await context.users.knows(caller.id):
        raise Forbidden("This account is not set up yet. Call POST /api/user/init first.")
    return caller.id


UserId = Annotated[UUID, Depends(user_of)]


async def admin_of(context: InContext, caller: SignedIn, request: Request) -> Caller:
    """Level A: an administrator; every call leaves an audit line."""
    context.log.info(
        "admin_request",
        actor=str(caller.id),
        allowed=caller.is_admin,
        method=request.method,
        path=request.url.path,
    )
    if not caller.is_admin:
        raise Forbidden("Only administrators may do this.")
    return caller


Admin = Annotated[Caller, Depends(admin_of)]


UuidInPath = Path(
    description="A UUID.", examples=["7c9e6679-7425-40de-944b-e07fc1f90ae7"], json_schema_extra={"format": "uuid"}
)


async def id_in_path(request: Request, id: Annotated[str, UuidInPath]) -> UUID:  # noqa: A002 - the path's name
    """The id in a path; a malformed one is 400, not 422. Where the path is a fixed one of another method, 405."""
    if request.url.path in request.app.openapi()["paths"]:
        raise MethodNotAllowed(allowed_methods(request.app, request.url.path))
    return parse_id(id)


async def task_in_path(task_id: Annotated[str, UuidInPath]) -> UUID:
    """The same for a task."""
    return parse_id(task_id)


def parse_id(text: str) -> UUID:
    """A UUID in its canonical form.

    Raises:
        BadRequest: the text is not one.
    """
    try:
        parsed = UUID(text)
    except ValueError:
        raise BadRequest("The id is not a UUID.") from None
    if str(parsed) != text.lower():
        raise BadRequest("The id is not a UUID.")
    return parsed


PathId = Annotated[UUID, Depends(id_in_path)]
PathTask = Annotated[UUID, Depends(task_in_path)]
