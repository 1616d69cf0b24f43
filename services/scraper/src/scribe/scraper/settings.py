"""Settings of the scraper worker."""

from typing import Literal

from pydantic import AliasChoices, Field, SecretStr

from scribe.common.http.guard import GuardSettings
from scribe.common.models import ModelChoice, ModelName, ModelNames, ProviderSettings
from scribe.common.worker.settings import WorkerSettings


class ScraperSettings(WorkerSettings, GuardSettings, ProviderSettings):
    """What the scraper reads."""

    concurrency: int = Field(
        64,
        ge=1,
        le=256,
        description="Deliveries that one scraper has in progress at once; the pages in Chromium are limited apart.",
    )
    exa_api_key: SecretStr | None = Field(
        None, description="Key of the Exa API.", validation_alias=AliasChoices("SCRIBE_EXA_API_KEY", "EXA_API_KEY")
    )
    exa_url: str = Field(
        "https://api.exa.ai",
        description="Where Exa's API is.",
        validation_alias=AliasChoices("SCRIBE_EXA_URL", "EXA_BASE_URL"),
    )
    exa_timeout: float = Field(40.0, gt=0, description="Seconds for one answer of Exa.")
    scraper_model: ModelName = Field(
        "anthropic:claude-haiku-5-5",
        description="The model that reads the pages, `provider:model`; a cheap one will do.",
    )
    scraper_fallback_models: ModelNames = Field(
        (), description="Models to try when it does not answer, comma-separated."
    )
    scraper_max_tokens: int = Field(4096, ge=512, description="Most tokens of one answer about the pages.")
    scraper_model_timeout: float = Field(45.0, gt=0, description="Seconds that one request to a model may take.")
    scraper_reading_tokens: int = Field(
        8_000,
        ge=3_000,
        le=100_000,
        description="About how many tokens one request about the pages may have, instructions included; the passages "
        "that promise least are left out.",
    )
    chromium: str | None = Field(None, description="Path of Chromium; found by itself where it is not set.")
    browser_sandbox: Literal["auto", "on", "off"] = Field(
        "auto", description="Chromium's own sandbox: `auto` does without it as root and where it cannot start."
    )
    browser_pages: int = Field(2, ge=1, le=32, description="Pages that Chromium has open at once.")
    browser_pages_per_task: int = Field(4, ge=0, le=10, description="Pages that are read for one task at the most.")
    page_timeout: float = Field(15.0, gt=0, le=60, description="Seconds for one page, from opening it to its text.")
    page_max_bytes: int = Field(
        8 * 1024 * 1024, ge=64 * 1024, description="Bytes that one page may load, all it refers to included."
    )
    user_agent: str = Field(
        "Mozilla/5.0 (compatible; ScribeBot/0.1)",
        description="How the scraper names itself to websites; add an address where you can be reached.",
    )

    @property
    def models(self) -> ModelChoice:
        """The models that read, in order."""
        names = (self.scraper_model, *self.scraper_fallback_models)
        return ModelChoice(names, max_tokens=self.scraper_max_tokens, timeout=self.scraper_model_timeout)
