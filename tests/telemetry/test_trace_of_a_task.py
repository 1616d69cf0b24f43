"""One task is one trace, from the request to the projection, over five processes."""

import pytest

from tests.support.collector import Received, tree
from tests.support.waiting import eventually
from tests.telemetry.conftest import Live

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("telemetry-live")]

RESEARCH = """
scribe-gateway: SERVER POST /api/email/generate
  scribe-gateway: CLIENT INSERT queue_items
  scribe-gateway: PRODUCER send pipeline.parser
    scribe-parser: CONSUMER process pipeline.parser
      scribe-parser: CLIENT chat claude-haiku-5-5
      scribe-parser: PRODUCER send pipeline.scraper
        scribe-scraper: CONSUMER process pipeline.scraper
          scribe-scraper: CLIENT POST
          scribe-scraper: CLIENT POST
          scribe-scraper: CLIENT chat claude-haiku-5-5
          scribe-scraper: PRODUCER send pipeline.arxiv
            scribe-arxiv: CONSUMER process pipeline.arxiv
              scribe-arxiv: PRODUCER send pipeline.composer
                scribe-composer: CONSUMER process pipeline.composer
                  scribe-composer: CLIENT chat claude-sonnet-5-5
                  scribe-composer: CLIENT chat claude-haiku-5-5
                  scribe-composer: CLIENT INSERT emails
                  scribe-composer: PRODUCER send pipeline.done
                    scribe-gateway: CONSUMER process pipeline.done
"""


async def trace_of(live: Live, task_id: object) -> list[Received]:
    """The trace of a task, once it is whole: the projection of its end, and the parents of all, have arrived."""

    def last() -> list[Received]:
        return [
            span
            for span in live.collector.spans
            if span.attributes.get("messaging.message.conversation_id") == str(task_id)
            and span.attributes.get("messaging.consumer.group.name") == "projector"
        ]

    await eventually(last)
    (trace_id,) = {span.trace_id for span in last()}

    def is_whole() -> bool:
        spans = live.collector.trace(trace_id)
        return {span.parent_id for span in spans} <= {"", *(span.span_id for span in spans)}

    await eventually(is_whole)
    return live.collector.trace(trace_id)


async def test_a_task_is_one_tree_from_the_request_to_the_projection(live: Live) -> None:
    item = await live.write()
    spans = await trace_of(live, item.id)
    visits = [span for span in spans if span.attributes.get("scribe.upstream") == "web"]
    assert all(visit.name == "GET" and visit.kind == "CLIENT" for visit in visits)
    assert tree([span for span in spans if span not in visits]) == RESEARCH.strip().splitlines()
    assert not [span.name for span in spans if span.is_error and span not in visits]


async def test_spans_have_the_names_that_conventions_give(live: Live) -> None:
    item = await live.write(name="Jonas Lindqvist", interest="eelgrass meadows")
    spans = {f"{span.kind} {span.name}": span for span in await trace_of(live, item.id)}
    request = spans["SERVER POST /api/email/generate"].attributes
    assert request["http.route"] == "/api/email/generate"
    assert request["http.response.status_code"] == 202
    sent = spans["PRODUCER send pipeline.scraper"].attributes
    assert sent["messaging.system"] == "nats"
    assert sent["messaging.destination.name"] == "pipeline.scraper"
    assert sent["messaging.message.id"] == f"{item.id}:1:scraper"
    asked = next(span for name, span in spans.items() if name.startswith("CLIENT chat ")).attributes
    assert asked["gen_ai.operation.name"] == "chat"
    assert asked["gen_ai.provider.name"] == "anthropic"
    assert int(str(asked["gen_ai.usage.input_tokens"])) > 0
    assert float(str(asked["scribe.cost_usd"])) > 0
    written = spans["CLIENT INSERT emails"].attributes
    assert written["db.system.name"] == "postgresql"


async def test_no_name_prompt_or_address_is_in_any_span(live: Live) -> None:
    item = await live.write(name="Miriam Okafor", interest="trade across the Sahel")
    told = " ".join(f"{span.name} {span.attributes}" for span in await trace_of(live, item.id))
    for private in ("Okafor", "Miriam", "Sahel", "observer@example.org", "Robin", "fifteen minutes", "SELECT"):
        assert private not in told


async def test_a_retried_step_stays_in_the_trace_and_is_linked(live: Live) -> None:
    await live.play("/anthropic", status=500, times=1)
    item = await live.write(name="Ada Retry", interest="patience")
    spans = await trace_of(live, item.id)
    attempts = [span for span in spans if span.name == "process pipeline.parser"]
    assert [attempt.attributes["scribe.outcome"] for attempt in attempts] == ["retried", "finished"]
    assert attempts[1].links == (attempts[0].span_id,)
    assert attempts[0].parent_id == attempts[1].parent_id


async def test_a_trace_that_a_client_sends_is_linked_and_not_continued(live: Live) -> None:
    theirs = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    response = await live.gateway.client.get("/api/user", headers=theirs)
    assert response.is_success
    await eventually(lambda: [span for span in live.collector.spans if span.links == ("b" * 16,)])
    assert not live.collector.trace("a" * 32)
