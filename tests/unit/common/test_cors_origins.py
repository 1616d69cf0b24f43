"""Origins as an operator writes them."""

import pytest
from pydantic import ValidationError

from scribe.gateway.settings import GatewaySettings

NEEDED = {"database_url": "postgresql://localhost/x", "supabase_url": "http://localhost"}


def test_a_slash_at_the_end_of_an_origin_is_taken_off() -> None:
    settings = GatewaySettings(cors_origins="https://app.example.org/, http://LOCALHOST:3000", **NEEDED)  # type: ignore[arg-type]
    assert settings.cors_origins == ("https://app.example.org", "http://localhost:3000")


@pytest.mark.parametrize("origin", ["*", "app.example.org", "https://app.example.org/login", "ftp://example.org"])
def test_what_is_no_origin_is_refused_with_an_example(origin: str) -> None:
    with pytest.raises(ValidationError, match="is no origin: write it as https"):
        GatewaySettings(cors_origins=origin, **NEEDED)  # type: ignore[arg-type]
