"""What a check finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from scribe.composer.draft import Draft
from scribe.composer.material import Material


@dataclass(frozen=True)
class DraftProblem:
    """One thing that is wrong with a draft.

    `check` names the check, `correction` tells the model what to fix, and removing `sentences` would fix it too. A
    warning costs one correction at most, an error the e-mail.
    """

    check: str
    correction: str
    sentences: tuple[str, ...] = ()
    severity: Literal["error", "warning"] = "error"


Check = Callable[[Draft, Material], Iterable[DraftProblem]]
"""A pure function; no model is asked and nothing is looked up."""
