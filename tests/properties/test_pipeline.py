"""PipelineData: what one version writes, another can read, and rubbish never crashes a worker."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.common.errors import PermanentError, UnreadableMessageError
from scribe.common.tasks.data import MAX_BODY_BYTES, PipelineData, TemplateType, decode, encode
from scribe.common.tasks.progress import State, progress_of, read_progress
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.common.tasks.usage import Usage
from tests.support.tasks import make_task, parsed

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(min_size=1, max_size=200), st.integers(min_value=1, max_value=2**30))
def test_what_is_encoded_is_decoded_again(name: str, run: int) -> None:
    data = make_task(recipient_name=name, run=run)
    assert decode(encode(data)) == data


@given(st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), json_values, max_size=4))
def test_fields_of_a_newer_version_are_passed_on(unknown: dict[str, object]) -> None:
    body = json.dumps({**json.loads(encode(make_task())), **unknown}).encode()
    passed_on = json.loads(encode(decode(body)))
    assert {name: passed_on[name] for name in unknown if unknown[name] is not None} == {
        name: value for name, value in unknown.items() if value is not None
    }


def test_a_fact_is_read_from_and_written_for_the_version_before() -> None:
    former = {"id": "F1", "statement": "Ada leads.", "quote": "Ada leads.", "source_ids": ["S2"], "uncertain": False}
    research = {"facts": [former, {**former, "id": "F2", "quotes": {"S2": "She leads."}, "uncertain": True}]}
    body = json.dumps({**json.loads(encode(make_task())), "research": research}).encode()
    read = decode(body).research
    assert read is not None
    assert [(fact.quotes, fact.certain) for fact in read.facts] == [
        ({"S2": "Ada leads."}, True),
        ({"S2": "She leads."}, False),
    ]
    written = json.loads(encode(decode(body)))["research"]["facts"]
    assert [(fact["quote"], fact["uncertain"]) for fact in written] == [("Ada leads.", False), ("She leads.", True)]


def test_usage_adds_up_by_step_and_by_role() -> None:
    exa, reader = Usage(model="exa:answer", calls=2, cost_usd=0.01), Usage(model="m", calls=1, cost_usd=0.002)
    data = make_task().with_usage(Step.SCRAPER, exa, role="exa").with_usage(Step.SCRAPER, reader, role="reader")
    data = data.with_usage(Step.SCRAPER, reader, role="reader")
    assert data.role_usage["exa"] == exa
    assert (data.role_usage["reader"].calls, data.role_usage["reader"].cost_usd) == (2, 0.004)
    assert data.usage[Step.SCRAPER] == Usage(model="exa:answer, m", calls=4, cost_usd=0.014)
    assert decode(encode(data)).role_usage == data.role_usage


@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_rubbish_is_unreadable_never_a_crash(body: bytes) -> None:
    with pytest.raises(UnreadableMessageError):
        decode(body)


def test_unknown_schema_version_is_unreadable_and_the_text_holds_no_values() -> None:
    body = json.dumps({**json.loads(encode(make_task(recipient_name="Grace Secret"))), "schema_version": 99}).encode()
    with pytest.raises(UnreadableMessageError, match="schema_version") as caught:
        decode(body)
    assert "Grace" not in str(caught.value)


def test_a_body_over_the_limit_fails_with_a_sentence_for_the_user() -> None:
    with pytest.raises(PermanentError) as caught:
        encode(make_task(email_template="x" * (MAX_BODY_BYTES + 1)))
    assert "too large" in caught.value.public


@given(st.sampled_from(TemplateType))
def test_every_route_visits_the_composer_once_and_ends(kind: TemplateType) -> None:
    data = make_task(parsed=parsed(kind))
    route, step = [], Step.PARSER
    while step != Step.DONE:
        route.append(step)
        step, data = ROUTE.advance(step, data)
    wanted = [s for s in ROUTE if s != Step.ARXIV or kind is TemplateType.RESEARCH]
    assert route == wanted


@given(st.sampled_from(tuple(ROUTE)), st.integers(0, 50), st.text(max_size=80), st.sampled_from(State))
def test_progress_survives_its_way_through_the_headers(step: Step, attempt: int, error: str, state: State) -> None:
    if state is State.DONE:
        step = Step.DONE
    data: PipelineData = make_task(parsed=parsed(TemplateType.BOOK), step_timings={"parser": 1.25}, skipped=["arxiv"])
    progress = progress_of(data, state, step, data.submitted_at, attempt=attempt, error=error or None)
    headers = progress.headers()
    assert all("\n" not in value and "\r" not in value for value in headers.values())
    assert read_progress(progress.subject, headers) == progress
