"""What a prompt holds: its data blocks, and the shape of the answer that is wanted."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_BLOCK = re.compile(r'<data name="(?P<name>[\w-]+)">(?P<body>.*?)</data>', re.DOTALL)


@dataclass(frozen=True)
class Prompt:
    """The blocks by name, and everything that was said, instructions included."""

    blocks: Mapping[str, str]
    everything: str

    def text(self, name: str) -> str:
        """A block as text."""
        return html.unescape(self.blocks.get(name, ""))

    def json(self, name: str) -> object:
        """A block as JSON, None where it is none."""
        try:
            parsed: object = json.loads(self.blocks.get(name, "null"))
        except ValueError:
            return None
        return parsed

    def objects(self, name: str) -> list[dict[str, object]]:
        """A block that holds a list of objects."""
        found = self.json(name)
        return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []

    def field(self, name: str, key: str) -> str:
        """One field of a block that holds an object."""
        found = self.json(name)
        return str(found.get(key) or "") if isinstance(found, dict) else ""


def read_prompt(system: str, user: str) -> Prompt:
    """The prompt of one request."""
    blocks = {match["name"]: match["body"].strip("\n") for match in _BLOCK.finditer(user)}
    return Prompt(blocks, f"{system}\n{user}")
