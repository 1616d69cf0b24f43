"""`Idempotency-Key`: a request that is repeated gets the first answer again, and nothing is done twice.

The key is claimed before the work and finished in the work's own transaction, so that either both are kept or none.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Header
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from scribe.common.process.database import load_queries
from scribe.gateway.database import Connection, Database
from scribe.gateway.problems import Conflict, Unprocessable, invalid

SQL = load_queries(__package__)
KEPT_HEADERS = ("location", "retry-after")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Repeat a request with the same key to get the same answer.",
    ),
]


@dataclass
class Claim:
    """One request. `answer` is the first request's, where this one repeats it."""

    user_id: UUID
    key: str | None
    answer: Response | None = None
    finished: bool = False

    async def finish(self, connection: Connection, response: JSONResponse) -> JSONResponse:
        """Keep the answer, in the transaction that does the work."""
        if self.key is not None:
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            body = bytes(response.body).decode()
            await connection.execute(SQL["finish"], self.user_id, self.key, response.status_code, headers, body)
        self.finished = True
        return response


@asynccontextmanager
async def claimed(
    database: Database, user_id: UUID, key: str | None, route: str, body: BaseModel
) -> AsyncIterator[Claim]:
    """The claim of one request; without a key it is never refused. A block that fails gives its key back.

    Raises:
        Conflict: the first request with this key is still being answered. Unprocessable: it asked for something else.
    """
    claim = Claim(user_id, key)
    if key is None:
        yield claim
        return
    claim.answer = await _claim(database, user_id, key, _fingerprint(route, body))
    try:
        yield claim
    finally:
        if claim.answer is None and not claim.finished:
            async with database.as_user(user_id) as connection:
                await connection.execute(SQL["release"], user_id, key)


def _fingerprint(route: str, body: BaseModel) -> bytes:
    canonical = json.dumps([route, jsonable_encoder(body)], sort_keys=True)
    return hashlib.sha256(canonical.encode()).digest()


async def _claim(database: Database, user_id: UUID, key: str, fingerprint: bytes) -> Response | None:
    async with database.as_user(user_id) as connection:
        if await connection.fetchval(SQL["claim"], user_id, key, fingerprint):
            return None
        row = await connection.fetchrow(SQL["recall"], user_id, key)
    if row is None or (row["fingerprint"] == fingerprint and row["status"] is None):
        raise Conflict("The first request with this Idempotency-Key is still being answered.")
    if row["fingerprint"] != fingerprint:
        message = "This Idempotency-Key was used for another request."
        raise Unprocessable(invalid("idempotency_key_reused", ["header", "Idempotency-Key"], message))
    headers = {**row["headers"], "Idempotency-Replayed": "true"}
    return Response(row["body"], row["status"], headers=headers, media_type="application/json")
