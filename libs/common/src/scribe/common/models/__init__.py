"""Language models that are asked for values of a type, with deadlines, fallbacks, breakers, prices and a response
cache.

`open_model` yields a `StructuredModel`; its `ask` is the only way to a model. `ask_until` asks again with corrections.
Only the settings are loaded with the package. What asks is loaded when it is named: pydantic-ai takes 25 MiB, and the
gateway reads the settings of models that it may never ask.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from scribe.common.models.settings import ModelChoice, ModelName, ModelNames, ProviderSettings

if TYPE_CHECKING:
    from scribe.common.models.answers import Answer, UnusableAnswerError
    from scribe.common.models.asking import Asked, Rejected, Review, ask_until
    from scribe.common.models.pricing import price_warnings
    from scribe.common.models.structured import StructuredModel, open_model

__all__ = [
    "Answer",
    "Asked",
    "ModelChoice",
    "ModelName",
    "ModelNames",
    "ProviderSettings",
    "Rejected",
    "Review",
    "StructuredModel",
    "UnusableAnswerError",
    "ask_until",
    "open_model",
    "price_warnings",
]

_MODULES = {
    "answers": ("Answer", "UnusableAnswerError"),
    "asking": ("Asked", "Rejected", "Review", "ask_until"),
    "pricing": ("price_warnings",),
    "structured": ("StructuredModel", "open_model"),
}


def __getattr__(name: str) -> object:
    """Load what is named (PEP 562)."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
