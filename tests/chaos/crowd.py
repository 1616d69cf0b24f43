"""Who submits the items of a cell: a few users whose items give every step all its work, and many whose items do not.

A fault is about the pipeline, not about how much work an item is: the cheaper an item, the more of them a run can
afford.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.support.campaign import RESEARCH_TEMPLATE, Campaign, recipients

SHORT_TEMPLATE = "Dear Professor {{last_name}},\n\nYour book made me write to you.\n\nBest wishes,\n{{my_name}}"
EVERY = 4
FIRST = 1
"""Of the users whose items are full: the second, so that there is one in the smallest cell, which has two users."""


@dataclass
class Crowd(Campaign):
    """Users whose items are full write about research to people whom pages speak of, so that arXiv is asked and a model
    reads and checks. The others write to people whom nobody knows, with a template that leaves nothing to check: their
    items pass through parser, scraper and composer with four paid calls. `is_full` makes all items full.
    """

    template: str = RESEARCH_TEMPLATE
    is_full: bool = False

    def batch(self, number: int, items: Iterable[int]) -> dict[str, object]:
        """The body of a request of the user who came last."""
        if self.is_full or (len(self.tokens) - 1) % EVERY == FIRST:
            return super().batch(number, items)
        return {"items": recipients("Nobody", number, items), "email_template": SHORT_TEMPLATE}
