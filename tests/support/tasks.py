"""PipelineData for tests, with whatever a test cares about."""

from datetime import UTC, datetime
from uuid import uuid4

from scribe.common.tasks.data import ParsedTemplate, PipelineData, TemplateType

TEMPLATE = "Dear {{name}},\n\nI read about your work on {{topic}}.\n\nKind regards,\n{{my_name}}"


def make_task(**fields: object) -> PipelineData:
    """A task that has just been submitted; `fields` replace the defaults."""
    defaults: dict[str, object] = {
        "task_id": uuid4(),
        "user_id": uuid4(),
        "submission": 1,
        "submitted_at": datetime.now(UTC),
        "email_template": TEMPLATE,
        "recipient_name": "Dr. Ada Example",
        "recipient_interest": "quantum fluids",
    }
    return PipelineData.model_validate({**defaults, **fields})


def parsed(template_type: TemplateType) -> ParsedTemplate:
    """The parser's result for a template of this type."""
    return ParsedTemplate(template_type=template_type, search_terms=("Ada Example quantum fluids",))
