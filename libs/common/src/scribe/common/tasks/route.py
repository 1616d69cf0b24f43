"""The route of a task: which steps there are, which follows which, and which are skipped."""

from collections.abc import Iterable, Iterator

from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step


class Route:
    """Steps in their order. Messages of a newer version may name steps that it does not have."""

    def __init__(self, steps: Iterable[Step]) -> None:
        """Take steps whose positions are 0, 1, 2, …

        Raises:
            ValueError: their positions are others.
        """
        self._steps = tuple(steps)
        self._by_name = {str(step): step for step in (*self._steps, Step.DONE)}
        self._by_wire_name = {step.wire_name: step for step in self._steps}
        if [step.position for step in self._steps] != list(range(len(self._steps))):
            raise ValueError("the positions of the steps are not 0, 1, 2, …")

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def first(self) -> Step:
        """Where every task begins."""
        return self._steps[0]

    @property
    def last(self) -> Step:
        """The step that writes the e-mail."""
        return self._steps[-1]

    def named(self, name: str) -> Step:
        """The step of this name, or the end of the route.

        Raises:
            ValueError: there is none.
        """
        step = self._by_name.get(name)
        if step is None:
            raise ValueError(f"no step is named {name!r}")
        return step

    def at(self, wire_name: str | None) -> Step | None:
        """The step of this name in the REST contract."""
        return self._by_wire_name.get(wire_name or "")

    def wire_name(self, name: str) -> str:
        """The name in the REST contract of the step of this name; of one that is not known, the name itself."""
        step = self._by_name.get(name)
        return step.wire_name if step else name

    def after(self, step: Step) -> Iterator[Step]:
        """The steps to which a task can go after `step`, whatever its template."""
        for following in (*self._steps[step.position + 1 :], Step.DONE):
            yield following
            if not following.skipped_for:
                return

    def advance(self, finished: Step, data: PipelineData) -> tuple[Step, PipelineData]:
        """The step that follows `finished` for this task, and the data with the skipped steps noted in it."""
        template_type = data.parsed.template_type if data.parsed else None
        for step in self._steps[finished.position + 1 :]:
            if template_type not in step.skipped_for:
                return step, data
            data = data.with_skipped(step)
        return Step.DONE, data


ROUTE = Route((Step.PARSER, Step.SCRAPER, Step.ARXIV, Step.COMPOSER))
"""The route of every e-mail."""
