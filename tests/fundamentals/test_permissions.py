"""Each service may do on NATS what its work needs, and nothing else: every verb is tried on the real server."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import nats.errors
import pytest
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from scribe.common.messaging.authorization import local_subject, user_names
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.permissions import API, IMPORTED_API, OPERATOR, permissions
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.messaging.streams import StreamLimits, buckets, streams
from scribe.common.tasks.progress import State
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from tests.support.servers import as_user
from tests.support.waiting import eventually

SERVICES = tuple(name for name in user_names() if name != OPERATOR)
STREAMS = tuple(str(stream.name) for stream in streams(StreamLimits()))
BUCKETS = tuple(bucket.bucket for bucket in buckets(StreamLimits()))
TASK, USER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
CONSUMER_VERBS = ("INFO", "DURABLE.CREATE", "CREATE", "DELETE", "MSG.NEXT", "PAUSE", "UNPIN", "RESET")
STREAM_VERBS = (
    *("INFO", "CREATE", "UPDATE", "DELETE", "PURGE", "MSG.GET", "MSG.DELETE", "SNAPSHOT", "RESTORE"),
    *("PEER.REMOVE", "LEADER.STEPDOWN"),
)


def every_subject() -> Iterator[str]:
    """Everything that can be asked of the server or published to Scribe's streams and services, for one task."""
    yield from (f"{API}.{verb}" for verb in ("INFO", "STREAM.NAMES", "STREAM.LIST", "META.LEADER.STEPDOWN"))
    for store in (*STREAMS, *(f"KV_{bucket}" for bucket in BUCKETS)):
        yield from (f"{API}.STREAM.{verb}.{store}" for verb in STREAM_VERBS)
        yield from (f"{API}.CONSUMER.{verb}.{store}" for verb in ("NAMES", "LIST"))
        yield f"{API}.DIRECT.GET.{store}"
        for consumer in (*ROUTE, "projector", "lookups", "arxiv-early", "a_new_one"):
            yield from (f"{API}.CONSUMER.{verb}.{store}.{consumer}" for verb in CONSUMER_VERBS)
            yield f"$JS.ACK.{store}.{consumer}.1.1.1.1.1"
    for bucket in BUCKETS:
        for key in ("anything", TASK, *(f"{step}.key" for step in ROUTE)):
            yield from (f"$KV.{bucket}.{key}", f"{API}.DIRECT.GET.KV_{bucket}.$KV.{bucket}.{key}")
    for step in (*ROUTE, Step.DONE):
        yield from (f"pipeline.{step}.{TASK}.1", f"deadletter.{step}.{TASK}")
        yield f"{API}.DIRECT.GET.PIPELINE.pipeline.{step}.{TASK}.1"
    for state in State:
        yield from (f"events.{USER}.{TASK}.{state}", f"{API}.DIRECT.GET.EVENTS.events.{USER}.{TASK}.{state}")
    yield from ("lookups.key", "papers.key", "turns.arxiv", f"{API}.DIRECT.GET.TURNS.turns.arxiv")
    yield from (f"{API}.DIRECT.GET.LOOKUPS.lookups.key", f"{API}.DIRECT.GET.PAPERS.papers.key")
    yield from (f"cancel.{TASK}", f"notify.{USER}", "$SYS.REQ.SERVER.PING", "$SRV.PING")


def covers(pattern: str, subject: str) -> bool:
    """Whether a subject with wildcards matches another one."""
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        return len(given) >= len(wanted) and covers(".".join(wanted[:-1]), ".".join(given[: len(wanted) - 1]))
    return len(wanted) == len(given) and all(part in ("*", token) for part, token in zip(wanted, given, strict=True))


@asynccontextmanager
async def connected(nats_url: str, name: str) -> AsyncIterator[Broker]:
    """A connection of a service, as its process has it."""
    settings = BrokerSettings(nats_url=as_user(nats_url, name), nats_api_prefix=IMPORTED_API)
    async with connect(settings, f"scribe-{name}", structlog.get_logger()) as broker:
        yield broker


@asynccontextmanager
async def heard(client: Client, *subjects: str) -> AsyncIterator[list[str]]:
    """The subjects of what arrives in the streams' own account."""
    seen: list[str] = []

    async def note(message: object) -> None:
        seen.append(str(getattr(message, "subject", "")))

    subscriptions = [await client.subscribe(subject, cb=note) for subject in subjects]
    await client.flush()
    yield seen
    for subscription in subscriptions:
        await subscription.unsubscribe()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reaches_only_what_it_is_permitted(service: str, broker: Broker, nats_url: str) -> None:
    permitted = permissions()[service].publish
    forbidden = [s for s in every_subject() if not any(covers(pattern, s) for pattern in permitted)]
    async with heard(broker.client, ">") as seen, connected(nats_url, service) as own:
        for subject in forbidden:
            await own.client.publish(subject, b"{}", reply=own.client.new_inbox())
            await own.client.publish(local_subject(subject), b"{}", reply=own.client.new_inbox())
        await own.client.flush()
        await broker.client.publish("the.end")
        await eventually(lambda: "the.end" in seen)
    reached = {subject for subject in seen if not subject.startswith(("$JS.EVENT.", "_INBOX.", "the.end"))}
    assert reached == set()
    assert len(forbidden) > 300


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reaches_everything_that_it_is_permitted(service: str, broker: Broker, nats_url: str) -> None:
    permitted = permissions()[service].publish
    allowed = [s for s in every_subject() if any(covers(pattern, s) for pattern in permitted)]
    unused = [pattern for pattern in permitted if not any(covers(pattern, s) for s in allowed)]
    assert unused == []
    async with heard(broker.client, ">") as seen, connected(nats_url, service) as own:
        for subject in allowed:
            await own.client.publish(local_subject(subject), b"{}")
        await own.client.flush()
        await eventually(lambda: set(allowed) <= set(seen))


async def test_an_answer_cannot_be_sent_where_its_asker_may_not_publish(broker: Broker, nats_url: str) -> None:
    async with connected(nats_url, "scraper") as scraper:
        await (await scraper.js.key_value("memo")).put("scraper.key", b"1")
        read = f"{IMPORTED_API}.DIRECT.GET.KV_memo.$KV.memo.scraper.key"
        for target in (f"$KV.cancelled.{TASK}", "$KV.memo.composer.key", f"pipeline.done.{TASK}.1"):
            await scraper.client.publish(read, b"", reply=target)
            await scraper.client.publish(f"events.{USER}.{TASK}.started", b"", reply=target)
        await scraper.client.publish(read, b"", reply=f"deadletter.composer.{TASK}")
        await scraper.client.flush()
    for stream, subject in (
        ("KV_cancelled", f"$KV.cancelled.{TASK}"),
        ("KV_memo", "$KV.memo.composer.key"),
        ("PIPELINE", f"pipeline.done.{TASK}.1"),
        ("DEADLETTER", f"deadletter.composer.{TASK}"),
    ):
        with pytest.raises(NotFoundError):
            await broker.js.get_last_msg(stream, subject)


CANCELLATIONS = {("gateway", str(step), f"cancel.{TASK}") for step in ROUTE}
"""All that the services tell each other without a stream between them: publisher, hearer, subject."""


async def heard_of_others(clients: Mapping[str, Client]) -> set[tuple[str, str, str]]:
    """What the services hear of each other when each publishes everything: publisher, hearer, subject."""
    seen: set[tuple[str, str, str]] = set()

    async def note(hearer: str, message: Msg) -> None:
        if not message.subject.startswith("$JS.EVENT."):  # the server's own, about requests of the same account
            seen.add((message.data.decode(), hearer, message.subject))

    for name, client in clients.items():
        await client.subscribe(">", cb=partial(note, name))
        await client.flush()
    for name, client in clients.items():
        for subject in (*every_subject(), client.new_inbox()):
            await client.publish(subject, name.encode())
            await client.publish(local_subject(subject), name.encode())
        await client.flush()
    for name, client in clients.items():
        await client.publish("the.end", name.encode())
    await eventually(lambda: {(name, name, "the.end") for name in clients} <= seen)
    return {(publisher, hearer, subject) for publisher, hearer, subject in seen if publisher != hearer}


async def test_workers_hear_cancellations_of_the_gateway_and_nobody_hears_anything_else(
    broker: Broker, nats_url: str
) -> None:
    assert broker.is_connected
    async with AsyncExitStack() as stack:
        brokers = {name: await stack.enter_async_context(connected(nats_url, name)) for name in SERVICES}
        assert await heard_of_others({name: own.client for name, own in brokers.items()}) == CANCELLATIONS


async def test_a_wrong_credential_is_refused(nats_url: str) -> None:
    for url in (nats_url.replace("operator-password", "guess"), nats_url.replace("operator:operator-password@", "")):
        client = Client()
        with pytest.raises(nats.errors.Error):
            await client.connect(url, allow_reconnect=False, connect_timeout=5)


async def test_a_worker_cannot_make_a_consumer_of_its_own(broker: Broker, nats_url: str) -> None:
    del broker
    request = json.dumps({"stream_name": "PIPELINE", "config": {"durable_name": "mine"}}).encode()
    async with connected(nats_url, "parser") as parser:
        with pytest.raises(nats.errors.NoRespondersError):
            await parser.client.request(f"{IMPORTED_API}.CONSUMER.DURABLE.CREATE.PIPELINE.mine", request, timeout=5)


def may(service: str, subject: str) -> bool:
    return any(covers(pattern, subject) for pattern in permissions()[service].publish)


def test_nobody_may_delete_or_copy_and_only_the_gateway_may_purge() -> None:
    for service in SERVICES:
        for store in (*STREAMS, *(f"KV_{bucket}" for bucket in BUCKETS)):
            for verb in ("DELETE", "MSG.DELETE", "SNAPSHOT", "RESTORE", "PURGE", "MSG.GET"):
                allowed = service == "gateway" and (verb, store) in {
                    ("PURGE", "PIPELINE"),
                    ("PURGE", "DEADLETTER"),
                    ("PURGE", "KV_memo"),
                    ("MSG.DELETE", "DEADLETTER"),
                    ("MSG.GET", "PIPELINE"),
                    ("MSG.GET", "DEADLETTER"),
                }
                assert may(service, f"{API}.STREAM.{verb}.{store}") == allowed, (service, verb, store)


@pytest.mark.parametrize("step", tuple(ROUTE))
def test_a_worker_has_no_part_in_what_others_do(step: Step) -> None:
    for other in (*ROUTE, "projector"):
        for verb in ("MSG.NEXT", "INFO"):
            assert may(step, f"{API}.CONSUMER.{verb}.PIPELINE.{other}") == (other == step)
        assert may(step, f"$JS.ACK.PIPELINE.{other}.1.1.1.1.1") == (other == step)
        assert may(step, f"deadletter.{other}.{TASK}") == (other == step)
        assert may(step, f"$KV.memo.{other}.key") == (other == step)
        assert may(step, f"{API}.DIRECT.GET.KV_memo.$KV.memo.{other}.key") == (other == step)
    assert not may(step, f"$KV.cancelled.{TASK}")
    assert not may(step, f"{API}.DIRECT.GET.PIPELINE.pipeline.parser.{TASK}.1")
    assert may(step, "turns.arxiv") == (step is Step.ARXIV)
    assert may(step, "papers.key") == (step is Step.ARXIV)
    assert [following for following in (*ROUTE, Step.DONE) if may(step, f"pipeline.{following}.{TASK}.1")] == {
        Step.PARSER: [Step.SCRAPER],
        Step.SCRAPER: [Step.ARXIV, Step.COMPOSER],
        Step.ARXIV: [Step.COMPOSER],
        Step.COMPOSER: [Step.DONE],
    }[step]


def test_the_gateway_writes_no_end_no_event_and_no_answer() -> None:
    for subject in (f"pipeline.done.{TASK}.1", f"events.{USER}.{TASK}.failed", f"deadletter.parser.{TASK}"):
        assert not may("gateway", subject)
    for step in ROUTE:
        assert not may("gateway", f"$KV.memo.{step}.key")
        assert not may("gateway", f"{API}.CONSUMER.MSG.NEXT.PIPELINE.{step}")
