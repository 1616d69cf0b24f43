"""The models that the services use where nothing else is set, and how long their answers may be, by role."""

from collections.abc import Mapping

from scribe.common.settings import Settings
from scribe.composer.settings import ComposerSettings
from scribe.evaluation.answering.requests import Role
from scribe.parser.settings import ParserSettings
from scribe.scraper.settings import ScraperSettings

_SETTINGS: Mapping[Role, tuple[type[Settings], str]] = {
    "parser": (ParserSettings, "parser"),
    "reader": (ScraperSettings, "scraper"),
    "composer": (ComposerSettings, "composer"),
    "checker": (ComposerSettings, "checker"),
}


def configured_models() -> dict[Role, str]:
    """`provider:model` by role."""
    return {role: str(_default(role, "model")) for role in _SETTINGS}


def max_tokens(role: Role) -> int:
    """The most tokens that an answer may have."""
    return int(str(_default(role, "max_tokens")))


def reading_tokens() -> int:
    """About how many tokens one request about pages may have."""
    return int(str(ScraperSettings.model_fields["scraper_reading_tokens"].default))


def _default(role: Role, name: str) -> object:
    settings, prefix = _SETTINGS[role]
    default: object = settings.model_fields[f"{prefix}_{name}"].default
    return default
