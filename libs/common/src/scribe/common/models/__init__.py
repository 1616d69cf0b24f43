"""Language models: asked for values of a type, with deadlines, fallbacks, breakers, prices and remembered answers.

`open_model` yields a `StructuredModel`; its `ask` is the only way to a model.
"""

from scribe.common.models.answers import Answer, UnusableAnswerError
from scribe.common.models.pricing import price_warnings
from scribe.common.models.settings import ModelChoice, ModelName, ModelNames, ProviderSettings
from scribe.common.models.structured import StructuredModel, open_model

__all__ = [
    "Answer",
    "ModelChoice",
    "ModelName",
    "ModelNames",
    "ProviderSettings",
    "StructuredModel",
    "UnusableAnswerError",
    "open_model",
    "price_warnings",
]
