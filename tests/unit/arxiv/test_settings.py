"""Settings that would make work end before its turn are refused."""

import pytest
from pydantic import ValidationError

from scribe.arxiv.settings import ArxivSettings


def test_the_defaults_let_every_delivery_have_its_turn_in_time() -> None:
    settings = ArxivSettings()
    assert settings.total_concurrency * settings.arxiv_interval < settings.step_deadline


def test_more_slots_than_turns_within_the_deadline_are_refused() -> None:
    with pytest.raises(ValidationError, match="turn at arXiv"):
        ArxivSettings(concurrency=32, max_replicas=8)
