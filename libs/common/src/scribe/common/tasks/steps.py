"""The steps of the pipeline. Each is declared here once; `route.ROUTE` holds them in their order.

A step's name is also that of its service (`scribe.<name>`), of its durable consumer, and the token in its subjects.
"""

from collections.abc import Iterable
from typing import ClassVar, Self

from scribe.common.tasks.data import TemplateType


class Step(str):
    """A step, by its name.

    `wire_name` is its name in the REST contract. `position` is its place in the route, from 0; persisted ranks hold it
    (see `rank`). `description` says in a few words what it does. `concurrency` is how many deliveries one worker works
    on at once unless a setting says otherwise: a waiting delivery costs little memory, so it follows from how long the
    step waits (docs/explanation/scaling.md). Tasks whose template is of a type in `skipped_for` skip the step.
    """

    __slots__ = ("concurrency", "description", "position", "skipped_for", "wire_name")

    PARSER: ClassVar["Step"]
    SCRAPER: ClassVar["Step"]
    ARXIV: ClassVar["Step"]
    COMPOSER: ClassVar["Step"]
    DONE: ClassVar["Step"]

    wire_name: str
    position: int
    description: str
    concurrency: int
    skipped_for: frozenset[TemplateType]

    def __new__(
        cls,
        name: str,
        wire_name: str,
        position: int,
        description: str,
        *,
        concurrency: int = 32,
        skipped_for: Iterable[TemplateType] = (),
    ) -> Self:
        step = super().__new__(cls, name)
        step.wire_name = wire_name
        step.position = position
        step.description = description
        step.concurrency = concurrency
        step.skipped_for = frozenset(skipped_for)
        return step

    @property
    def module(self) -> str:
        """The module that `python -m` runs."""
        return f"scribe.{self}"


Step.PARSER = Step("parser", "template_parser", 0, "read the template")
Step.SCRAPER = Step("scraper", "web_scraper", 1, "research the person", concurrency=64)
Step.ARXIV = Step(
    "arxiv", "arxiv_helper", 2, "find papers", concurrency=16, skipped_for=(TemplateType.BOOK, TemplateType.GENERAL)
)
Step.COMPOSER = Step("composer", "email_composer", 3, "write the e-mail", concurrency=40)
Step.DONE = Step("done", "", 7, "nothing")
"""The end of every route: no worker consumes it, only the projector."""
