"""What a test may do to the stand-ins."""

import json
import time

import httpx
import pytest

from scribe.fakes.server import Fakes

PAGE = "/web/people/sato"


@pytest.fixture
async def client(fakes: Fakes) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=fakes.url, timeout=20.0)


async def test_a_status_for_the_next_calls_only(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.controls.add(path="/web", status=503, retry_after="7", times=2)
    answers = [await client.get(PAGE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"


@pytest.mark.parametrize("name", ["x-api-key", "authorization"])
async def test_a_key_that_is_refused(fakes: Fakes, client: httpx.AsyncClient, name: str) -> None:
    fakes.controls.add(key="old", status=401)
    scheme = "Bearer " if name == "authorization" else ""
    answers = [await client.get(PAGE, headers={name: f"{scheme}{key}"}) for key in ("old", "new")]
    assert [answer.status_code for answer in [*answers, await client.get(PAGE)]] == [401, 200, 200]


async def test_latency_delays_an_answer(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.controls.add(path="/web", latency=0.2)
    started = time.monotonic()
    await client.get(PAGE)
    assert time.monotonic() - started >= 0.2


async def test_a_hang_outlasts_any_deadline(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.controls.add(path="/web", hang=True, times=1)
    with pytest.raises(httpx.ReadTimeout):
        await client.get(PAGE, timeout=httpx.Timeout(20.0, read=0.3))


async def test_a_closed_connection(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.controls.add(path="/web", close=True, times=1)
    response = await client.get(PAGE)
    assert response.status_code == 500


@pytest.mark.parametrize("kind", ["truncated", "garbage", "empty"])
async def test_broken_bodies(fakes: Fakes, client: httpx.AsyncClient, kind: str) -> None:
    fakes.controls.add(path="/exa", broken=kind)
    response = await client.post("/exa/answer", json={"query": "Who is A B (c)?"})
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        response.json()


async def test_a_rate_limit(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.controls.add(path="/web", rate=(2, 60.0))
    assert [(await client.get(PAGE)).status_code for _ in range(4)] == [200, 200, 429, 429]


async def test_arxivs_own_errors(fakes: Fakes, client: httpx.AsyncClient) -> None:
    fakes.controls.add(path="/arxiv", status=429, times=1)
    fakes.controls.add(path="/arxiv", status=503, times=1)
    limited, down = [await client.get("/arxiv/api/query") for _ in range(2)]
    assert limited.text == "Rate exceeded."
    assert "text/html" in down.headers["content-type"]


async def test_controls_over_http(client: httpx.AsyncClient) -> None:
    assert (await client.post("/_control", json={"path": "/web", "status": 500})).status_code == 200
    assert (await client.get(PAGE)).status_code == 500
    assert (await client.get("/_calls")).json()[0]["path"] == PAGE
    assert (await client.post("/_control", json={"odd": 1})).status_code == 422
    await client.delete("/_control")
    assert (await client.get(PAGE)).status_code == 200


@pytest.mark.parametrize("behaviour", ["rubbish", "refusal", "empty", "fenced"])
async def test_a_model_that_does_not_answer_as_asked(fakes: Fakes, client: httpx.AsyncClient, behaviour: str) -> None:
    fakes.controls.add(path="/anthropic", behaviour=behaviour, times=1)
    tool = {"name": "answer", "input_schema": {"properties": {"body": {"type": "string"}}}}
    request = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}], "tools": [tool]}
    for expected in (False, True):
        answer = (await client.post("/anthropic/v1/messages", json=request, headers={"x-api-key": "key"})).json()
        assert any(block["type"] == "tool_use" for block in answer["content"]) is expected
