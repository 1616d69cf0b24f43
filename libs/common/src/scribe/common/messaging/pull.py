"""One pull of a few messages, for loops that take work when they are ready for it instead of as it comes."""

import json
from contextlib import suppress

import nats.errors
from nats.aio.msg import Msg

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker

ANSWER_TIMEOUT = 2.0
"""Seconds by which the server's answer may be late."""
NO_RESPONDERS = "503"


async def pull(broker: Broker, stream: str, durable: str, batch: int, *, wait: float = 0.0) -> list[Msg]:
    """Up to `batch` messages that are there, or come within `wait` seconds. The pull is over when this returns.

    Raises:
        UnavailableError: NATS is away, or has no such consumer.
    """
    request: dict[str, object] = {"batch": batch}
    request |= {"expires": int(wait * 1e9)} if wait else {"no_wait": True}
    inbox = broker.client.new_inbox()
    try:
        subscription = await broker.client.subscribe(inbox)
        subject = f"{broker.api}.CONSUMER.MSG.NEXT.{stream}.{durable}"
        await broker.client.publish(subject, json.dumps(request).encode(), reply=inbox)
    except (nats.errors.Error, OSError) as error:
        raise UnavailableError(f"NATS took no pull: {type(error).__name__}") from error
    messages: list[Msg] = []
    try:
        while len(messages) < batch:
            message = await subscription.next_msg(timeout=wait + ANSWER_TIMEOUT)
            if not message.reply:
                _raise_if_unanswered(message, stream, durable)
                break
            messages.append(message)
    except nats.errors.TimeoutError:
        pass
    except (nats.errors.Error, OSError) as error:
        if not messages:
            raise UnavailableError(f"NATS ended a pull: {type(error).__name__}") from error
    finally:
        with suppress(nats.errors.Error, OSError):
            await subscription.unsubscribe()
    return messages


def _raise_if_unanswered(status: Msg, stream: str, durable: str) -> None:
    if (status.headers or {}).get("Status") == NO_RESPONDERS:
        raise UnavailableError(f"there is no consumer {stream}/{durable}")
