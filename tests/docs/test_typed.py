"""What runbooks and guides tell a reader to type is typed by a test, or says why not."""

import pytest

from tests.support.typed import PLACES, Block, blocks

TOOLS_OF_OTHERS = (
    "kind",
    "nk",
    "nsc",
    "skaffold",
    "docker",
    "aws",
    "pg_dump",
    "pg_restore",
    "psql",
    "helm repo",
    "helm push",
)


@pytest.mark.parametrize("block", blocks(), ids=str)
def test_every_block_says_where_it_is_typed(block: Block) -> None:
    assert block.info.startswith("sh "), "write ```sh local, ```sh cluster or ```sh outside"
    assert block.place in PLACES


@pytest.mark.parametrize("block", blocks("outside"), ids=str)
def test_what_is_typed_nowhere_needs_a_tool_that_tests_do_not_have(block: Block) -> None:
    assert any(tool in block.text for tool in TOOLS_OF_OTHERS)
