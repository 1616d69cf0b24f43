"""Paging: `limit` and `offset` for the frontend, an opaque keyset cursor for deep and stable reading."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, Query, Request, Response

from scribe.gateway.problems import BadRequest

DEFAULT_LIMIT = 20
MAX_LIMIT = 1000
MAX_OFFSET = 2**31 - 1


@dataclass(frozen=True)
class PageRequest:
    """Which part of a collection is wanted: `after` is the last element of the page before, newest first."""

    limit: int
    offset: int
    after: tuple[datetime, UUID] | None

    @property
    def row_limit(self) -> int:
        """How many rows to query: one more than is returned, which shows whether there is a next page."""
        return self.limit + 1

    @property
    def after_time(self) -> datetime | None:
        """When the last element of the page before was made."""
        return self.after[0] if self.after else None

    @property
    def after_id(self) -> UUID | None:
        """The id of the last element of the page before."""
        return self.after[1] if self.after else None


async def page_of(
    limit: Annotated[int, Query(ge=1, description="At most so many; more than 1000 means 1000.")] = DEFAULT_LIMIT,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="Skip so many.")] = 0,
    cursor: Annotated[
        str | None, Query(max_length=256, description="From a `Link` header; wins over `offset`.")
    ] = None,
) -> PageRequest:
    """The page that a request asks for."""
    after = read_cursor(cursor) if cursor else None
    return PageRequest(min(limit, MAX_LIMIT), 0 if after else offset, after)


WantedPage = Annotated[PageRequest, Depends(page_of)]


def write_cursor(created_at: datetime, id: UUID) -> str:  # noqa: A002 - the column's name
    """A cursor for the position of an element, opaque to clients."""
    text = json.dumps([created_at.isoformat(), str(id)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The position that a cursor stands for.

    Raises:
        BadRequest: this API did not issue the cursor.
    """
    try:
        created_at, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = datetime.fromisoformat(created_at)
        return place.astimezone(UTC), UUID(id_)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise BadRequest("The cursor is not one that this API gave out.") from None


def one_page(
    request: Request, response: Response, page: PageRequest, total: int, rows: list[asyncpg.Record]
) -> list[asyncpg.Record]:
    """The page's rows; the headers get the total and, where more rows follow, the link to the next page."""
    response.headers["X-Total-Count"] = str(total)
    if len(rows) > page.limit:
        last = rows[page.limit - 1]
        cursor = write_cursor(last["created_at"], last["id"])
        url = request.url.remove_query_params(["offset"]).include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return rows[: page.limit]
