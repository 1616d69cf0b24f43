"""The steps of the pipeline, in their order."""

from enum import StrEnum


class Step(StrEnum):
    """The steps in their order. `DONE` is the end of the route: no worker consumes it, only the projector."""

    PARSER = "parser"
    SCRAPER = "scraper"
    ARXIV = "arxiv"
    COMPOSER = "composer"
    DONE = "done"

    @property
    def order(self) -> int:
        """The place in the route, from 0."""
        return list(Step).index(self)


WORKING_STEPS: tuple[Step, ...] = (Step.PARSER, Step.SCRAPER, Step.ARXIV, Step.COMPOSER)

WIRE_NAMES: dict[Step, str] = {
    Step.PARSER: "template_parser",
    Step.SCRAPER: "web_scraper",
    Step.ARXIV: "arxiv_helper",
    Step.COMPOSER: "email_composer",
}
"""The names of the steps in the REST contract."""
