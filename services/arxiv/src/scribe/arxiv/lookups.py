"""Who is to be looked up on arXiv: one message of LOOKUPS an author, joined by everybody who asks for the same one."""

import hashlib
from dataclasses import dataclass

import nats.errors
from nats.aio.msg import Msg
from nats.js.errors import APIError, NotFoundError
from pydantic import BaseModel, ConfigDict, ValidationError

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.publisher import is_subject_taken
from scribe.common.messaging.pull import pull
from scribe.common.messaging.streams import ASKER, LOOKUPS
from scribe.common.tasks.subject import lookup_subject
from scribe.common.text.names import PersonName, parse_name, spellings

MAX_TERMS = 6


class Lookup(BaseModel):
    """An author to look up, by the name as it was written; `terms` narrow a name that has too many records."""

    model_config = ConfigDict(frozen=True)

    name: str
    terms: tuple[str, ...] = ()

    @property
    def person(self) -> PersonName | None:
        """The name's parts; None where it has none in Latin letters."""
        return parse_name(self.name)

    @property
    def key(self) -> str:
        """The same for all ways of writing the same name: titles, case and accents do not matter."""
        person = self.person
        names = spellings(person) if person else (self.name,)
        return hashlib.sha256("|".join(("2", *names, "", *self.terms)).encode()).hexdigest()

    @property
    def clause(self) -> str:
        """What stands for the author in a query; empty for a name that cannot be asked for."""
        person = self.person
        if person is None:
            return ""
        authors = " OR ".join(f'au:"{spelling}"' for spelling in spellings(person))
        if not self.terms:
            return f"({authors})"
        return f"(({authors}) AND ({' OR '.join(f'all:{term}*' for term in self.terms)}))"

    def narrowed(self, terms: frozenset[str]) -> "Lookup":
        """The same author, only with papers in which one of the words occurs."""
        return self.model_copy(update={"terms": tuple(sorted(terms)[:MAX_TERMS])})


@dataclass(frozen=True)
class TakenLookup:
    """A lookup that was taken, and its message, which is acknowledged when it is answered."""

    lookup: Lookup
    message: Msg


@dataclass(frozen=True)
class Lookups:
    """The queue of lookups, in the order in which they were first asked for."""

    broker: Broker

    async def ask(self, lookup: Lookup) -> None:
        """Put the author into the queue, where nobody has done so yet.

        Raises:
            UnavailableError: NATS is away, or the queue is full.
        """
        try:
            await self.broker.js.publish(lookup_subject(lookup.key), lookup.model_dump_json().encode())
        except APIError as error:
            if not is_subject_taken(error):
                raise UnavailableError(f"a lookup was refused: {error.err_code} {error.description}") from error
        except (nats.errors.Error, OSError) as error:
            raise UnavailableError(f"a lookup was not stored: {type(error).__name__}") from error

    async def position(self, lookup: Lookup) -> int:
        """The author's place in the queue, from 1; 1 also where the answer has just come.

        Raises:
            UnavailableError: NATS is away.
        """
        js = self.broker.js
        try:
            mine = (await js.get_last_msg(LOOKUPS, lookup_subject(lookup.key), direct=True)).seq or 0
            last = (await js.stream_info(LOOKUPS)).state.last_seq
            consumer = await js.consumer_info(LOOKUPS, ASKER)
        except NotFoundError:
            return 1
        except NATS_UNAVAILABLE as error:
            raise UnavailableError(f"the queue of lookups: {type(error).__name__}") from error
        waiting = (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
        return max(1, waiting - (last - mine))

    async def take(self, count: int, *, wait: float = 0.0) -> list[TakenLookup]:
        """Up to `count` of the longest waiting lookups; those that nobody can read are taken out.

        Raises:
            UnavailableError: NATS is away.
        """
        taken = []
        for message in await pull(self.broker, LOOKUPS, ASKER, count, wait=wait):
            try:
                taken.append(TakenLookup(Lookup.model_validate_json(message.data), message))
            except ValidationError:
                await message.term()
        return taken
