"""Whose turn it is to ask arXiv: one message of TURNS, which the server delivers to one process at a time.

Given back with a delay it is delivered again after that time by the server's clock, to whichever process asks first,
so that requests keep their distance over all pods, whatever the pods' own clocks say. A process that dies with the
turn costs the half minute after which the server takes it back.
"""

import nats.errors
from nats.aio.msg import Msg
from nats.js.errors import APIError

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.publisher import is_subject_taken
from scribe.common.messaging.pull import pull
from scribe.common.messaging.streams import ARXIV, TURNS
from scribe.common.tasks.subject import turn_subject

TURN_WAIT = 20.0


class Turns:
    """The turn as this process sees it. `interval` is the seconds that two requests are apart at least."""

    def __init__(self, broker: Broker, interval: float) -> None:
        self._broker = broker
        self._interval = interval
        self._reconnects = -1

    async def take(self) -> Msg | None:
        """The turn, where it comes within 20 seconds and may be used.

        A turn that has just been made, or comes after a server was lost, says nothing of how long ago the last request
        was: it is given back for one interval.

        Raises:
            UnavailableError: NATS is away.
        """
        await self.make()
        turns = await pull(self._broker, TURNS, ARXIV, 1, wait=TURN_WAIT)
        if not turns:
            return None
        (turn,) = turns
        reconnects = int(self._broker.client.stats["reconnects"])
        is_new, self._reconnects = reconnects != self._reconnects, reconnects
        if turn.metadata.num_delivered == 1 or is_new:
            await self.give_back(turn, self._interval)
            return None
        return turn

    async def make(self) -> None:
        """Publish the turn's message if there is none: at the beginning, and after the server has lost its storage.

        Raises:
            UnavailableError: NATS is away.
        """
        try:
            await self._broker.js.publish(turn_subject(ARXIV), b"")
        except APIError as error:
            if not is_subject_taken(error):
                raise UnavailableError(f"the turn was not made: {error.err_code}") from error
        except (nats.errors.Error, OSError) as error:
            raise UnavailableError(f"the turn was not made: {type(error).__name__}") from error

    async def give_back(self, turn: Msg, delay: float) -> None:
        """Let the next process have the turn after `delay` seconds."""
        try:
            await turn.nak(delay=delay or None)
        except (nats.errors.Error, OSError):
            return  # the server takes it back by itself
