"""A request that is repeated gets the first answer again, and nothing is done twice.

With an `Idempotency-Key` that holds for a day. Without one the same body within a minute counts as a repeat, as clients
send it that retry by themselves; `Scribe-Repeat: allow` switches that off.

The key is claimed before the work, in one transaction with what the request is charged, and finished in the work's own
transaction, so that either both are kept or none.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Header
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from scribe.common.process.database import load_queries
from scribe.gateway.database import Connection, Database
from scribe.gateway.problems import Conflict, Unprocessable, invalid

SQL = load_queries(__package__)
KEPT_HEADERS = ("location", "retry-after")
KEY_SECONDS, SAME_BODY_SECONDS = 24 * 3600, 60
"""Seconds for which the answer to a request with a key, and to one without, is kept."""
FIRST_ANSWER_TIMEOUT = 5.0
FIRST_ANSWER_INTERVAL = 0.1

Charge = Callable[[Connection], Awaitable[None]]
"""What a request that is no repeat is charged: it is counted, or refused by an exception."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Repeat a request with the same key to get the same answer.",
    ),
]

ScribeRepeat = Annotated[
    Literal["answer", "allow"],
    Header(
        alias="Scribe-Repeat",
        description="The same body within a minute: `answer` gives the first answer again, `allow` does it again.",
    ),
]


@dataclass(frozen=True)
class Repeats:
    """How a repeated request is recognised: by its key, else by its body if `same_body`, else not at all."""

    key: str | None = None
    same_body: bool = True

    def name(self, fingerprint: bytes) -> str | None:
        """The name under which the answer is kept."""
        return self.key or (f"same body {fingerprint.hex()}" if self.same_body else None)

    @property
    def seconds(self) -> int:
        """Seconds for which the answer is kept."""
        return KEY_SECONDS if self.key else SAME_BODY_SECONDS


async def repeats_of(idempotency_key: IdempotencyKey = None, scribe_repeat: ScribeRepeat = "answer") -> Repeats:
    """What the headers of a request say."""
    return Repeats(idempotency_key, same_body=scribe_repeat == "answer")


KnownRepeats = Annotated[Repeats, Depends(repeats_of)]


@dataclass
class IdempotencyClaim:
    """One request, claimed at a time of the database's. `answer` is the first request's, where this one repeats it."""

    user_id: UUID
    key: str | None
    claimed_at: datetime | None = None
    answer: Response | None = None
    finished: bool = False

    async def finish(self, connection: Connection, response: JSONResponse) -> JSONResponse:
        """Keep the answer, in the transaction that does the work.

        Raises:
            Conflict: the claim has passed to another request, which does the work; nothing of this one is to be kept.
        """
        if self.key is not None:
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            body = bytes(response.body).decode()
            answer = (response.status_code, headers, body)
            if not await connection.fetchval(SQL["finish"], self.user_id, self.key, *answer, self.claimed_at):
                raise Conflict("This request took too long, and was sent again meanwhile.")
        self.finished = True
        return response


@asynccontextmanager
async def claimed(
    database: Database, user_id: UUID, repeats: Repeats, route: str, body: BaseModel, charge: Charge
) -> AsyncIterator[IdempotencyClaim]:
    """The claim of one request, which is charged unless it is a repeat. A block that fails gives its key back.

    Raises:
        Conflict: the first request with this key is still being answered. Unprocessable: it asked for something else.
    """
    fingerprint = _fingerprint(route, body)
    claim = IdempotencyClaim(user_id, repeats.name(fingerprint))
    if claim.key is None:
        async with database.as_user(user_id) as connection:
            await charge(connection)
        yield claim
        return
    found = await _first_answer(database, claim, fingerprint, repeats, charge)
    claim.answer, claim.claimed_at = (found, None) if isinstance(found, Response) else (None, found)
    try:
        yield claim
    finally:
        if claim.answer is None and not claim.finished:
            async with database.as_user(user_id) as connection:
                await connection.execute(SQL["release"], user_id, claim.key, claim.claimed_at)


async def forget_same_body(connection: Connection, user_id: UUID) -> None:
    """Let the user send again what was sent within the last minute: they have taken something back."""
    await connection.execute(SQL["forget_same_body"], user_id)


def _fingerprint(route: str, body: BaseModel) -> bytes:
    canonical = json.dumps([route, jsonable_encoder(body)], sort_keys=True)
    return hashlib.sha256(canonical.encode()).digest()


async def _first_answer(
    database: Database, claim: IdempotencyClaim, fingerprint: bytes, repeats: Repeats, charge: Charge
) -> Response | datetime:
    """The answer of the first request; the time of the claim where this is the first.

    A client that sent no key knows nothing of repeats: it waits a little for the first answer.
    """
    deadline = time.monotonic() + FIRST_ANSWER_TIMEOUT
    while True:
        try:
            return await _claim(database, claim, fingerprint, repeats.seconds, charge)
        except Conflict:
            if repeats.key is not None or time.monotonic() > deadline:
                raise
        await asyncio.sleep(FIRST_ANSWER_INTERVAL)


async def _claim(
    database: Database, claim: IdempotencyClaim, fingerprint: bytes, seconds: int, charge: Charge
) -> Response | datetime:
    named = claim.user_id, claim.key
    async with database.as_user(claim.user_id) as connection:
        claimed_at: datetime | None = await connection.fetchval(SQL["claim"], *named, fingerprint, seconds)
        if claimed_at is not None:
            await charge(connection)
            return claimed_at
        row = await connection.fetchrow(SQL["recall"], *named)
    if row is None or (row["fingerprint"] == fingerprint and row["status"] is None):
        raise Conflict("The first request of this kind is still being answered. Please wait for its answer.")
    if row["fingerprint"] != fingerprint:
        message = "This Idempotency-Key was used for another request."
        raise Unprocessable(invalid("idempotency_key_reused", ["header", "Idempotency-Key"], message))
    headers = {**row["headers"], "Idempotency-Replayed": "true"}
    return Response(row["body"], row["status"], headers=headers, media_type="application/json")
