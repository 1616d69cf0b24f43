"""arXiv's answers by author, kept for a day in PAPERS: what the steps of all pods wait for and read."""

import zlib
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from pydantic import BaseModel, ConfigDict, ValidationError

from scribe.arxiv.records import Record
from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.messaging.streams import PAPERS
from scribe.common.tasks.subject import papers_subject

MAX_STORED = 900_000
"""Bytes of a compressed answer; a message of NATS may have a MiB."""
MAX_TEXT = 32 * 1024 * 1024


class Answer(BaseModel):
    """The records that name an author, newest first.

    `is_complete`: these are all; otherwise there are older ones, for a query narrowed by what the task is about.
    `is_refused`: arXiv takes no query for this name.
    """

    model_config = ConfigDict(frozen=True)

    records: tuple[Record, ...] = ()
    is_complete: bool = True
    is_refused: bool = False


@dataclass(frozen=True)
class Answers:
    """The store of arXiv's answers, over the stream PAPERS."""

    js: JetStreamContext

    async def get(self, key: str) -> Answer | None:
        """The answer to the lookup with this key, where it is there and can be read.

        Raises:
            UnavailableError: NATS is away.
        """
        try:
            message = await self.js.get_last_msg(PAPERS, papers_subject(key), direct=True)
        except NotFoundError:
            return None
        except NATS_UNAVAILABLE as error:
            raise UnavailableError(f"arXiv's answers: {type(error).__name__}") from error
        return decode(message.data or b"")

    async def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; it is stored when this returns.

        Raises:
            UnavailableError: NATS is away.
        """
        try:
            await self.js.publish(papers_subject(key), encode(answer))
        except NATS_UNAVAILABLE as error:
            raise UnavailableError(f"an answer of arXiv was not stored: {type(error).__name__}") from error


def encode(answer: Answer) -> bytes:
    """The compressed answer; where it is too large the older half of its records goes, and it is not complete."""
    while True:
        body = zlib.compress(answer.model_dump_json().encode())
        if len(body) <= MAX_STORED:
            return body
        newest = answer.records[: len(answer.records) // 2]
        answer = answer.model_copy(update={"records": newest, "is_complete": False})


def decode(body: bytes) -> Answer | None:
    """The answer, or None if the body cannot be read."""
    decompressor = zlib.decompressobj()
    try:
        text = decompressor.decompress(body, MAX_TEXT)
        return Answer.model_validate_json(text) if decompressor.eof else None
    except (zlib.error, ValidationError):
        return None
