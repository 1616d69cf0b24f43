"""One delivery of one message, which is settled exactly once."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import nats.errors
from nats.aio.msg import Msg
from nats.errors import NotJSMessageError

from scribe.common.errors import UnavailableError
from scribe.common.tasks.subject import Subject

ACK_TIMEOUT = 5.0
MAX_UNANSWERED = 3
SHORT_ACK, LONG_ACK = 9, 11
"""Tokens of an ack's subject: without, and at least with a domain and an account."""


class Settlement(StrEnum):
    """How a delivery ended for the server."""

    ACK = "ack"
    NAK = "nak"
    TERM = "term"


@dataclass
class Delivery:
    """A message as it was handed to this process.

    `attempt` counts its deliveries, from 1; `stored_at` is when the stream took it, by the server's clock.
    """

    message: Msg
    subject: Subject
    body: bytes
    headers: Mapping[str, str]
    attempt: int
    stored_at: datetime
    settlement: Settlement | None = field(default=None, init=False)
    _unanswered: int = field(default=0, init=False)

    @classmethod
    def of(cls, message: Msg) -> "Delivery":
        """The delivery that a JetStream message stands for."""
        attempt, stored_at = _counted(message.reply)
        return cls(
            message=message,
            subject=Subject.parse(message.subject),
            body=message.data,
            headers=message.headers or {},
            attempt=attempt,
            stored_at=stored_at,
        )

    async def ack(self) -> None:
        """Acknowledge, and wait for the server's confirmation.

        A consumer that was deleted with its stream never confirms, so after MAX_UNANSWERED requests the method returns
        without: the result of the work is stored by then, and if the message is delivered again, publishing again
        changes nothing.

        Raises:
            UnavailableError: the server did not answer; the message may be delivered again.
        """
        self._settle(Settlement.ACK)
        try:
            await self.message.ack_sync(timeout=ACK_TIMEOUT)
        except (nats.errors.Error, OSError) as error:
            self._unanswered += 1
            if self._unanswered >= MAX_UNANSWERED:
                return
            self.settlement = None
            raise UnavailableError(f"an ack was not answered: {type(error).__name__}") from error

    async def ack_unconfirmed(self) -> None:
        """Acknowledge without waiting, where another delivery changes nothing: it comes when this one is lost."""
        self._settle(Settlement.ACK)
        with suppress(nats.errors.Error, OSError):
            await self.message.ack()

    async def nak(self, delay: float | None = None) -> None:
        """Ask for another delivery after `delay` seconds."""
        self._settle(Settlement.NAK)
        await self.message.nak(delay=delay)

    async def term(self) -> None:
        """End the message: it is never delivered again."""
        self._settle(Settlement.TERM)
        await self.message.term()

    async def in_progress(self) -> None:
        """Renew the time until the server delivers the message to somebody else."""
        if self.settlement is None:
            await self.message.in_progress()

    def _settle(self, settlement: Settlement) -> None:
        if self.settlement is not None:
            raise RuntimeError(f"a delivery settled by {self.settlement} was settled again by {settlement}")
        self.settlement = settlement


def _counted(reply: str) -> tuple[int, datetime]:
    """How often a message was delivered, and when it was stored, from the subject of its acks (NATS ADR-15): two fields
    of nats-py's metadata, which makes objects of all nine.

    Raises:
        NotJSMessageError: it is no delivery of JetStream's.
    """
    tokens = reply.split(".")
    if tokens[:2] != ["$JS", "ACK"] or (len(tokens) != SHORT_ACK and len(tokens) < LONG_ACK):
        raise NotJSMessageError
    delivered, _stream_sequence, _sequence, stored, *_ = tokens[4 if len(tokens) == SHORT_ACK else 6 :]
    return int(delivered) or 1, datetime.fromtimestamp(int(stored) / 1e9, UTC)
