"""What a delivery knows of itself, it reads from the subject of its acks as nats-py does."""

from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NotJSMessageError

from scribe.common.messaging.delivery import Delivery

COUNTS = st.integers(min_value=1, max_value=10**6)
NANOSECONDS = st.integers(min_value=0, max_value=4 * 10**18)
PREFIXES = st.sampled_from(("$JS.ACK.PIPELINE.parser", "$JS.ACK._.hash.PIPELINE.parser", "$JS.ACK.hub.hash.PIPELINE.x"))
SUFFIXES = st.sampled_from(("", ".token"))


def message(reply: str) -> Msg:
    return Msg(Client(), subject="pipeline.parser.task.1", reply=reply)


@given(PREFIXES, COUNTS, COUNTS, NANOSECONDS, SUFFIXES)
def test_attempt_and_time_are_those_that_nats_py_reads(
    prefix: str, delivered: int, sequence: int, stored: int, suffix: str
) -> None:
    found = message(f"{prefix}.{delivered}.{sequence}.{sequence}.{stored}.0" + (suffix if "hash" in prefix else ""))
    delivery = Delivery.of(found)
    assert (delivery.attempt, delivery.stored_at) == (found.metadata.num_delivered, found.metadata.timestamp)


@given(st.text("$JSACK.1", max_size=40))
def test_what_is_no_delivery_is_refused_as_nats_py_refuses_it(reply: str) -> None:
    outcomes = []
    for read in (lambda: Delivery.of(message(reply)), lambda: message(reply).metadata):
        try:
            read()
            outcomes.append("read")
        except (NotJSMessageError, ValueError) as error:
            outcomes.append(type(error).__name__)
    assert len(set(outcomes)) == 1
