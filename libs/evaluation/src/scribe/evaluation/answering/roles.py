"""The models that the services use where nothing else is set, by role."""

from scribe.composer.settings import ComposerSettings
from scribe.evaluation.answering.requests import Role
from scribe.parser.settings import ParserSettings

CHEAP = "anthropic:claude-haiku-4-5"


def configured_models() -> dict[Role, str]:
    """`provider:model` by role."""
    return {
        "parser": str(ParserSettings.model_fields["parser_model"].default),
        "reader": CHEAP,
        "composer": str(ComposerSettings.model_fields["composer_model"].default),
        "checker": CHEAP,
    }
