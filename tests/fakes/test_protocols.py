"""The stand-ins speak the vendors' protocols to the real clients, and say what they are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import jwt
import pytest
from exa_py import AsyncExa
from exa_py.api import AnswerResponse
from pydantic import BaseModel, ConfigDict

from scribe.arxiv.client import page_of
from scribe.common.models.settings import ModelChoice, ProviderSettings
from scribe.common.models.structured import open_model
from scribe.common.observability.metrics import Metrics
from scribe.common.text.fencing import Json, prompt_of
from scribe.fakes.server import Fakes, serving
from scribe.fakes.supabase import Keys

MODELS = ["anthropic:claude-haiku-5-5", "fireworks:accounts/fireworks/models/llama-v3p1-70b-instruct"]
TEMPLATE = "Dear {{name}},\n\nI read your paper {{paper_title}}.\n\nKind regards,\n{{my_name}}"


class Letter(BaseModel):
    """An e-mail."""

    model_config = ConfigDict(frozen=True)

    body: str
    source_ids: list[str]


def provider_settings(fakes: Fakes) -> ProviderSettings:
    return ProviderSettings.model_validate(
        {
            "anthropic_api_key": "key",
            "anthropic_base_url": fakes.anthropic_url,
            "fireworks_api_key": "key",
            "fireworks_base_url": fakes.fireworks_url,
        }
    )


@pytest.mark.parametrize("name", MODELS)
async def test_the_model_fills_the_template_with_what_the_prompt_holds(fakes: Fakes, name: str) -> None:
    papers: Sequence[Mapping[str, Json]] = [{"id": "P1", "title": "Local Superfluidity at the Nanoscale", "year": 2013}]
    prompt = prompt_of(
        {
            "template": TEMPLATE,
            "recipient": {"name": "Dr. Ada Example", "interest": "fluids"},
            "facts": [],
            "papers": papers,
            "sender": {"display_name": None},
        }
    )
    async with open_model(ModelChoice((name,)), provider_settings(fakes), Metrics(), role="composer") as model:
        answer = await model.ask(instructions="Write.", prompt=prompt, output=Letter)
    assert answer.value.body.startswith("Dear Dr. Ada Example")
    assert "Local Superfluidity at the Nanoscale" in answer.value.body
    assert "{{my_name}}" in answer.value.body
    assert answer.value.source_ids == ["P1"]
    assert answer.usage.input_tokens > 0


async def ask_exa(fakes: Fakes, question: str) -> AnswerResponse:
    async with AsyncExa(api_key="key", api_base=fakes.exa_url) as exa:
        answer = await exa.answer(question, text=True)
    assert isinstance(answer, AnswerResponse)
    return answer


async def test_exa_answers_with_citations_one_of_them_without_text(fakes: Fakes) -> None:
    answer = await ask_exa(fakes, "Who is Hana Sato (dialects)? Position, institution.")
    assert sorted(bool(citation.text) for citation in answer.citations) == [False, True]


async def test_exa_has_the_text_of_every_page_about_the_recipient_of_the_demo(fakes: Fakes) -> None:
    answer = await ask_exa(fakes, "Who is Adrian Del Maestro (superfluid helium)? Position, institution.")
    assert all(citation.text for citation in answer.citations)
    assert "Tennessee" in str(answer.answer)


async def test_two_unknown_people_get_different_facts_and_the_same_person_the_same(fakes: Fakes) -> None:
    names = ("Ada Byrd", "Ben Wren", "Ada Byrd")
    answers = [(await ask_exa(fakes, f"Who is {name} (birds)? Position.")).answer for name in names]
    assert answers[0] == answers[2] != answers[1]


async def test_nobody_is_known_to_nobody(fakes: Fakes) -> None:
    answer = await ask_exa(fakes, "Who is Nobody Atall (birds)? Position.")
    assert answer.citations == []


async def test_arxiv_serves_the_real_records_and_its_own_way_of_saying_no(fakes: Fakes) -> None:
    async with httpx.AsyncClient(base_url=fakes.arxiv_url) as client:
        real = await client.get("/api/query", params={"search_query": 'au:"A. Del Maestro"'})
        unknown = await client.get("/api/query", params={"search_query": 'au:"N. Nemo"'})
        malformed = await client.get("/api/query", params={"id_list": "not-an-id"})
    assert len(page_of(real.content).records) == 6
    assert page_of(unknown.content).records == ()
    assert (malformed.status_code, "api/errors" in malformed.text) == (200, True)


async def test_tokens_verify_against_the_served_keys(fakes: Fakes) -> None:
    token = fakes.mint_token(email="a@example.org")
    async with httpx.AsyncClient() as client:
        jwks = (await client.get(f"{fakes.issuer}/.well-known/jwks.json")).json()
    key = next(
        key for key in jwt.PyJWKSet.from_dict(jwks).keys if key.key_id == jwt.get_unverified_header(token)["kid"]
    )
    claims = jwt.decode(token, key, algorithms=["ES256"], audience="authenticated", issuer=fakes.issuer)
    assert claims["email"] == "a@example.org"
    assert fakes.keys.rotate() not in {entry["kid"] for entry in jwks["keys"]}


async def test_every_answer_says_that_it_is_a_stand_ins(fakes: Fakes) -> None:
    async with httpx.AsyncClient(base_url=fakes.url) as client:
        for path in (
            "/web/people/sato",
            "/web/robots.txt",
            "/arxiv/api/query",
            "/supabase/auth/v1/.well-known/jwks.json",
        ):
            assert (await client.get(path)).headers["X-Scribe-Stand-In"] == "true"
        assert "stand-in page" in (await client.get("/web/people/sato")).text


async def test_keys_kept_in_a_file_mint_tokens_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    token = Keys.load_or_create(path).mint("http://issuer")
    async with serving(keys=Keys.load_or_create(path)) as again:
        assert jwt.get_unverified_header(token)["kid"] in again.keys.private
