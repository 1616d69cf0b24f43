"""What pages tell a reader to type on one machine, typed beside a platform."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.support.deadlines import stretched
from tests.support.typed import Block, blocks
from tests.telemetry.conftest import Live
from tests.telemetry.test_commands import in_session, live_test

pytestmark = [in_session, live_test]
TYPED_ELSEWHERE = ("backup-and-restore", "rotate-secrets")  # by test_backup and test_rotation
LOCAL = [block for block in blocks("local") if block.page not in TYPED_ELSEWHERE]


@pytest.mark.parametrize("block", LOCAL, ids=str)
async def test_block_can_be_typed(live: Live, block: Block, tmp_path: Path) -> None:
    item = await live.write() if "$TASK" in block.text else None
    variables = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "STEP": "parser",
        "TASK": str(item.id) if item else "",
        "SCRIBE_DATA": str(live.platform.folder.path),
    }
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", block.text),
        cwd=tmp_path,
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), stretched(60))
    assert process.returncode == 0, output.decode()
