"""Prompts are files beside the code that uses them, each with a version that goes into an e-mail's metadata.

A file `compose.md` starts with a line `version: compose-3`, a line `---`, and then the instructions.
"""

from dataclasses import dataclass
from importlib.resources import files

from scribe.common.text.fencing import RULE


@dataclass(frozen=True)
class Prompt:
    """Instructions for a model. `version` changes whenever the text does."""

    version: str
    instructions: str


def load_prompt(package: str, name: str) -> Prompt:
    """The prompt in `<name>.md` of `package`, with the rule about data blocks at its end.

    Raises:
        ValueError: the file does not start with its version.
    """
    head, line, text = files(package).joinpath(f"{name}.md").read_text("utf-8").partition("\n---\n")
    key, colon, version = head.partition(":")
    if not line or key.strip() != "version" or not colon or not version.strip():
        raise ValueError(f"{package}/{name}.md does not start with its version")
    return Prompt(version=version.strip(), instructions=f"{text.strip()}\n\n{RULE}")
