"""Language models that are asked for values of a type, with deadlines, fallbacks, breakers, prices and a response
cache.

`open_model` yields a `StructuredModel`; its `ask` is the only way to a model. `ask_until` asks again with corrections.
"""

from scribe.common.models.answers import Answer, UnusableAnswerError
from scribe.common.models.asking import Asked, Rejected, Review, ask_until
from scribe.common.models.pricing import price_warnings
from scribe.common.models.settings import ModelChoice, ModelName, ModelNames, ProviderSettings
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
