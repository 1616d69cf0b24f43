"""The table in the documentation is written by the command, the peer's column by a run of the peer."""

from pathlib import Path

from tests.chaos.row import Row
from tests.chaos.table import write, write_peer

ROWS = [
    Row(
        name="killed", accepted=10, completed=10, traces={"parser: SIGKILL": 2}, phases={"recovery": 3.4}, seconds=20.2
    ),
    Row(name="full", not_run="no file systems"),
]


def test_each_row_has_what_was_seen_and_a_peer_is_filled_in_beside_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- chaos -->\nold\n<!-- /chaos -->\nafter\n", "utf-8")
    write("make chaos", "2 cores", ROWS, page)
    write_peer([Row(name="killed", accepted=9, completed=8, stuck=1), Row(name="other")], page)
    write("make chaos", "2 cores", ROWS, page)
    text = page.read_text("utf-8")
    peer = "8 of 9 completed, 0 failed, 1 stuck, 0 paid twice, 0 s"
    assert f"| killed | parser: SIGKILL 2 x | 10 | 10 | 0 | 0 | 0 | 0 | 0 | 0 | 3 | 20 | held | {peer} |" in text
    assert "not run: no file systems |" in text
    assert text.startswith("before\n<!-- chaos -->\n`make chaos`, 2 cores:")
    assert text.endswith("<!-- /chaos -->\nafter\n")
    assert "old" not in text
