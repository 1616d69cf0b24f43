"""A provider is declared in the settings; what cannot follow from there is held to it here, by its file."""

import re
from pathlib import Path

import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.providers import infer_provider_class
from pydantic_ai.tools import ToolDefinition

from scribe.common.models.providers import open_provider_models
from scribe.common.models.settings import PROVIDERS, ProviderSettings
from tests.unit.models.golden import FOLDER

ROOT = Path(__file__).parents[3]


class Letter(BaseModel):
    """A nested answer, with a default."""

    class Line(BaseModel):
        """One line."""

        text: str = ""

    lines: list[Line]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_is_known_to_pydantic_ai_and_has_a_key_and_an_address(provider: str) -> None:
    assert infer_provider_class(provider)
    fields = ProviderSettings.model_fields
    assert {f"{provider}_api_key", f"{provider}_base_url"} <= set(fields)
    assert ProviderSettings().endpoint(provider).base_url == fields[f"{provider}_base_url"].default


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_chart_and_the_golden_requests_have_every_provider(provider: str) -> None:
    values = (ROOT / "deploy/helm/scribe/values.yaml").read_text()
    assert f"{provider.upper()}_API_KEY" in values, "deploy/helm/scribe/values.yaml: secretKeys"
    schema = (ROOT / "deploy/helm/scribe/values.schema.json").read_text()
    patterns = [names.split("|") for names in re.findall(r'"\^\(+([a-z|]+)\):\.\+', schema)]
    assert patterns
    assert all(provider in names for names in patterns), "deploy/helm/scribe/values.schema.json: models"
    assert list(FOLDER.glob(f"*.{provider}.json")), "tests/unit/models/golden.py"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_key_that_has_changed_is_sent_with_the_next_request(provider: str, tmp_path: Path) -> None:
    file = tmp_path / f"{provider.upper()}_API_KEY"
    settings = ProviderSettings.model_validate({f"{provider}_api_key": "first", "secrets_dir": tmp_path})
    name = f"{provider}:model"
    async with open_provider_models((name,), settings) as models:
        for key in ("second", "third"):
            file.write_text(key)
            client: AsyncAnthropic | AsyncOpenAI = (await models[name].opened()).model.client  # type: ignore[attr-defined]
            assert key in " ".join(client.auth_headers.values())


async def test_a_client_is_open_from_its_first_request_and_closed_at_the_end() -> None:
    settings = ProviderSettings.model_validate({"anthropic_api_key": "key"})
    async with open_provider_models(("anthropic:one", "anthropic:two"), settings) as models:
        first, second = [await model.opened() for model in models.values()]
        client: AsyncAnthropic = first.model.client  # type: ignore[attr-defined]
        assert second.model.client is client  # type: ignore[attr-defined]
        assert not client.is_closed()
    assert client.is_closed()


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_vendors_client_repeats_no_request(provider: str) -> None:
    name = f"{provider}:model"
    async with open_provider_models((name,), ProviderSettings.model_validate({f"{provider}_api_key": "key"})) as models:
        client: AsyncAnthropic | AsyncOpenAI = (await models[name].opened()).model.client  # type: ignore[attr-defined]
        assert client.max_retries == 0


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_schema_of_an_answer_is_adapted_once(provider: str) -> None:
    name = f"{provider}:model"
    tool = ToolDefinition(name="answer", parameters_json_schema=Letter.model_json_schema(), kind="output")
    parameters = ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
    async with open_provider_models((name,), ProviderSettings.model_validate({f"{provider}_api_key": "key"})) as models:
        opened = await models[name].opened()
        (first,), (second,) = (opened.adapted(parameters).output_tools for _ in range(2))
        sent = opened.model.prepare_request(None, opened.adapted(parameters))[1]
        assert first is second
        assert sent.output_tools == opened.adapting.prepare_request(None, parameters)[1].output_tools
