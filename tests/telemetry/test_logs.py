"""The reference page of the logs is what the sources say, and no line holds what is personal."""

import json
import re
from collections import defaultdict

import pytest

from tests.support.waiting import eventually
from tests.telemetry.conftest import TEMPLATE, Live
from tests.telemetry.log_events import ROOT, LogEvent, log_events

ROW = re.compile(r"^\| `(\w+)` \| (\w+) \|([^|]*)\| (.+) \|$", re.MULTILINE)


def documented() -> dict[str, tuple[str, frozenset[str]]]:
    """Level and fields by event."""
    text = (ROOT / "docs/reference/logs.md").read_text("utf-8")
    return {name: (level, frozenset(re.findall(r"`(\w+)`", fields))) for name, level, fields, _ in ROW.findall(text)}


def in_sources() -> dict[str, list[LogEvent]]:
    events: dict[str, list[LogEvent]] = defaultdict(list)
    for event in log_events():
        events[event.name].append(event)
    return events


def test_every_log_event_has_a_line_in_the_reference() -> None:
    assert sorted(in_sources()) == sorted(documented())


def test_the_line_of_an_event_tells_its_level_and_fields() -> None:
    found = {
        name: (" ".join(sorted({event.level for event in events})), frozenset().union(*(e.fields for e in events)))
        for name, events in in_sources().items()
    }
    assert {name: told for name, told in documented().items() if found.get(name) != told} == {}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.xdist_group("telemetry-live")
async def test_no_line_of_any_process_holds_a_name_an_address_or_a_text(live: Live) -> None:
    await live.play("/anthropic", behaviour="rubbish", times=1)
    item = await live.write(name="Miriam Okafor", interest="trade across the Sahel")

    def lines() -> str:
        return "\n".join(path.read_text("utf-8") for path in live.platform.folder.logs.glob("*.log"))

    await eventually(lambda: f'"task_id": "{item.id}"' in lines())
    for private in ("Okafor", "Miriam", "Sahel", "observer@example.org", "Robin", TEMPLATE[:40]):
        assert private not in lines()


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.xdist_group("telemetry-live")
async def test_the_lines_of_a_task_share_the_id_of_its_trace(live: Live) -> None:
    item = await live.write(name="Jonas Lindqvist", interest="eelgrass")

    def deliveries() -> list[dict[str, object]]:
        texts = [path.read_text("utf-8") for path in live.platform.folder.logs.glob("*.log")]
        whole = [line for text in texts for line in text.rpartition("\n")[0].splitlines()]
        events = [json.loads(line) for line in whole if str(item.id) in line]
        return [event for event in events if event.get("event") == "delivery"]

    await eventually(lambda: "composer" in {event["step"] for event in deliveries()})
    assert len({event["trace_id"] for event in deliveries()}) == 1
