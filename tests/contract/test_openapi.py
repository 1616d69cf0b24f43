"""The OpenAPI document: complete, with examples that are right, and true of the running gateway."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import pytest_asyncio

from scribe.common.tasks.steps import Step
from scribe.fakes.server import serving
from scribe.gateway.app import assemble
from scribe.gateway.reference import PAGE, page
from scribe.gateway.web.openapi import operations
from tests.support.belongings import fill
from tests.support.gateway import User, running_gateway
from tests.support.issuer import issuing
from tests.support.pipeline import workers_of
from tests.support.servers import fresh_database, running_nats
from tests.support.tasks import make_task

HERE = Path(__file__).parent
DOCUMENT: dict[str, Any] = assemble().openapi()
OPERATIONS = {f"{method.upper()} {path}": operation for path, method, operation in operations(DOCUMENT)}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
def test_every_answer_is_described_with_an_example_that_fits(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        assert response["description"]
        assert "X-Request-ID" in response["headers"]
        for media, content in response.get("content", {}).items():
            for example in examples_of(content):
                validate(example, content["schema"])
            assert list(examples_of(content)), f"{status} {media} has no example"


TYPES = DOCUMENT["components"]["schemas"]
FIELDS = [(name, field) for name, schema in TYPES.items() for field in schema.get("properties", ())]


@pytest.mark.parametrize("name", [name for name, schema in TYPES.items() if "examples" in schema])
def test_example_of_a_type_fits_the_type(name: str) -> None:
    for example in TYPES[name]["examples"]:
        validate(example, TYPES[name])


@pytest.mark.parametrize(("name", "field"), [(n, f) for n, f in FIELDS if "examples" in TYPES[n]["properties"][f]])
def test_example_of_a_field_fits_the_field(name: str, field: str) -> None:
    schema = TYPES[name]["properties"][field]
    for example in schema["examples"]:
        validate(example, schema)


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


def test_links_lead_to_operations_that_exist() -> None:
    names = {operation["operationId"] for operation in OPERATIONS.values()}
    for operation in OPERATIONS.values():
        for response in operation["responses"].values():
            assert {link["operationId"] for link in response.get("links", {}).values()} <= names


def test_reference_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make reference`"


@pytest_asyncio.fixture(loop_scope="session")
async def filled(postgres_url: str, tmp_path: Path) -> AsyncIterator[User]:
    """An administrator with one of everything, at a gateway that can do everything and limits nothing."""
    limits = {f"{what}_per_{per}": 100_000 for what, per in (("generate", "minute"), ("templates", "hour"))}
    async with AsyncExitStack() as stack:
        database_url = await stack.enter_async_context(fresh_database(postgres_url))
        nats = await stack.enter_async_context(running_nats(tmp_path / "nats"))
        issuer = await stack.enter_async_context(issuing())
        world = await stack.enter_async_context(serving())
        model = {"anthropic_api_key": "key", "anthropic_base_url": world.anthropic_url}
        gateway = await stack.enter_async_context(
            running_gateway(database_url, nats.url, issuer, loops=False, **model, **limits)
        )
        admin = await stack.enter_async_context(gateway.admin())
        await fill(gateway, admin)
        async with gateway.operated() as broker:
            await workers_of(broker, database_url).dead_letter(make_task(), Step.COMPOSER)
        yield admin


FUZZ_MINUTES = float(os.environ.get("SCRIBE_FUZZ_MINUTES", "0"))
"""Minutes of a long search with values that are new each time (`make fuzz`); 0 for the few that are always the same."""
ALWAYS_THE_SAME = ("--max-examples", "6", "--generation-deterministic")
LONG_SEARCH = ("--max-examples", "100000", "--max-time", f"{FUZZ_MINUTES * 60:g}")
PHASES = ("--phases", "examples,coverage,fuzzing,stateful")


@pytest.mark.asyncio(loop_scope="session")
async def test_gateway_keeps_to_its_document(filled: User, tmp_path: Path) -> None:
    token = filled.client.headers["Authorization"].removeprefix("Bearer ")
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml"),
        *("run", str(filled.client.base_url.join("/openapi.json")), *PHASES),
        *(LONG_SEARCH if FUZZ_MINUTES else ALWAYS_THE_SAME),
        env={**os.environ, "SCRIBE_TEST_TOKEN": token, "PYTHONPATH": str(HERE.parent.parent)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


def validate(example: object, schema: dict[str, Any]) -> None:
    """Hold an example to a schema of the document.

    Raises:
        jsonschema.ValidationError: it does not fit.
    """
    jsonschema.validate(example, {**schema, "components": DOCUMENT["components"]})


def examples_of(content: dict[str, Any]) -> Iterator[object]:
    """The examples of a body: its own, or those of its type."""
    if "example" in content:
        yield content["example"]
        return
    schema = content["schema"]
    is_list = schema.get("type") == "array"
    name = (schema["items"] if is_list else schema).get("$ref", "").rpartition("/")[2]
    for example in DOCUMENT["components"]["schemas"].get(name, {}).get("examples", ()):
        yield [example] if is_list else example
