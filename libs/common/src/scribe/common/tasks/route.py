"""The route of a task: which step follows which."""

from scribe.common.tasks.data import PipelineData, TemplateType
from scribe.common.tasks.steps import Step


def next_step(finished: Step, data: PipelineData) -> Step:
    """The routing slip: where a task goes after `finished`. Only research templates visit arxiv."""
    if finished is Step.SCRAPER and not wants_papers(data):
        return Step.COMPOSER
    return list(Step)[finished.order + 1]


def wants_papers(data: PipelineData) -> bool:
    """Whether the task's template speaks of the recipient's research papers."""
    return data.parsed is not None and data.parsed.template_type is TemplateType.RESEARCH
