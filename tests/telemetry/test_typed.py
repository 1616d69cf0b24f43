"""What pages tell a reader to type on one machine, typed beside a platform."""

import asyncio
from pathlib import Path

import pytest

from tests.support.typed import Block, blocks, type_in
from tests.telemetry.conftest import Live
from tests.telemetry.test_commands import in_session, live_test

pytestmark = [in_session, live_test]
TYPED_ELSEWHERE = ("backup-and-restore", "rotate-secrets")  # by test_backup and test_rotation
LOCAL = [block for block in blocks("local") if block.page not in TYPED_ELSEWHERE]


@pytest.mark.parametrize("block", LOCAL, ids=str)
async def test_block_can_be_typed(live: Live, block: Block, tmp_path: Path) -> None:
    item = await live.write() if "$TASK" in block.text else None
    task, data = str(item.id) if item else "", str(live.platform.folder.path)
    await asyncio.to_thread(type_in, block.text, tmp_path, STEP="parser", TASK=task, SCRIBE_DATA=data)
