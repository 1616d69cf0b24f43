"""What pages tell operators to ask a gateway's pod is understood, and answers fit a terminal."""

import shlex

import pytest

from scribe.gateway.ops.__main__ import parsed
from scribe.gateway.ops.answer import Answer, table
from tests.support.typed import OPERATIONS, blocks

TYPED = sorted({line for block in blocks("cluster") for line in block.lines if line.startswith(OPERATIONS)})


@pytest.mark.parametrize("line", TYPED)
def test_command_of_a_page_is_understood(line: str) -> None:
    typed = line.replace("$stream", "PIPELINE").replace("${REPLICAS:-1}", "3")
    assert callable(parsed(shlex.split(typed.removeprefix(OPERATIONS), comments=True)).run)


@pytest.mark.parametrize(
    "line", ["streams edit QUEUE --max-bytes 5", "deadletters", "streams edit PIPELINE --replicas 9"]
)
def test_what_is_not_understood_ends_with_two(line: str) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(line.split())
    assert ended.value.code == 2


def test_columns_are_as_wide_as_their_widest_value_and_text_from_elsewhere_moves_no_cursor() -> None:
    rows = [{"id": 1, "reason": "gave up\x1b[2J"}, {"id": 1000, "reason": "short"}]
    assert table(Answer(rows)).splitlines() == ["id    reason", "1     gave up [2J", "1000  short"]
    assert table(Answer([], "No dead letters.")) == "No dead letters."
