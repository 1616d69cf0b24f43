"""Early lookups: whom to look up is known once the template is read, seconds before the task comes to arxiv."""

from dataclasses import dataclass

from scribe.arxiv.answers import Answers
from scribe.arxiv.lookups import Lookup, Lookups
from scribe.common.errors import UnavailableError, UnreadableMessageError
from scribe.common.messaging.delivery import Delivery
from scribe.common.observability.logs import Logger
from scribe.common.tasks.data import PipelineData, decode
from scribe.common.tasks.steps import Step

RETRY_DELAY = 5.0


@dataclass(frozen=True)
class EarlyLookups:
    """Handles deliveries of what goes to the scraper. The step asks for what was missed here."""

    lookups: Lookups
    answers: Answers
    log: Logger

    async def handle(self, delivery: Delivery) -> None:
        """Put the recipient of a research task into the queue."""
        try:
            lookup = lookup_for(decode(delivery.body))
            if lookup is not None and await self.answers.get(lookup.key) is None:
                await self.lookups.ask(lookup)
            await delivery.ack()
        except UnreadableMessageError:
            await delivery.ack()
        except UnavailableError as error:
            self.log.info("early_lookup_waits", reason=str(error))
            if delivery.settlement is None:
                await delivery.nak(RETRY_DELAY)


def lookup_for(data: PipelineData) -> Lookup | None:
    """The lookup that the task needs; None where it wants no papers, or its name cannot be asked for."""
    lookup = Lookup(name=data.recipient_name)
    is_wanted = data.parsed is not None and data.parsed.template_type not in Step.ARXIV.skipped_for
    return lookup if is_wanted and lookup.clause else None
