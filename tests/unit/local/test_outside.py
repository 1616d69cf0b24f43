"""Which fakes are played by stand-ins, and what the services are told."""

import pytest

from scribe.local.outside import StandInAddresses, choose, environment_for

ADDRESSES = StandInAddresses(
    url="http://127.0.0.1:1",
    anthropic_url="http://127.0.0.1:1/anthropic",
    fireworks_url="http://127.0.0.1:1/fireworks/inference/v1",
    exa_url="http://127.0.0.1:1/exa",
    arxiv_url="http://127.0.0.1:1/arxiv",
    supabase_url="http://127.0.0.1:1/supabase",
    host_port="127.0.0.1:1",
)


def test_without_keys_everything_is_played() -> None:
    outside = choose({})
    assert outside.stand_ins == {"anthropic", "fireworks", "exa", "arxiv", "supabase"}
    assert outside.played == ("anthropic", "exa", "arxiv")
    assert outside.label == "stand-ins"


def test_with_the_keys_of_anthropic_and_exa_the_real_ones_are_used() -> None:
    outside = choose({"ANTHROPIC_API_KEY": "a", "EXA_API_KEY": "e"})
    assert outside.played == ()
    assert outside.label == "real"


def test_arxiv_goes_with_exa() -> None:
    assert "arxiv" in choose({"ANTHROPIC_API_KEY": "a"}).stand_ins
    assert "arxiv" not in choose({"EXA_API_KEY": "e"}).stand_ins


def test_a_mixture_is_named() -> None:
    assert choose({"ANTHROPIC_API_KEY": "a"}).label == "stand-ins for exa, arxiv"


def test_an_empty_key_is_none() -> None:
    assert "anthropic" in choose({"ANTHROPIC_API_KEY": ""}).stand_ins


def test_only_providers_that_a_model_names_count_as_in_use() -> None:
    models = {f"SCRIBE_{role}_MODEL": "fireworks:a" for role in ("PARSER", "SCRAPER", "COMPOSER", "CHECKER")}
    assert choose(models).played == ("fireworks", "exa", "arxiv")


@pytest.mark.parametrize("name", ["ANTHROPIC_BASE_URL", "SCRIBE_ANTHROPIC_API_KEY"])
def test_what_the_user_has_set_stays(name: str) -> None:
    outside = choose({name: "x"})
    assert "ANTHROPIC_BASE_URL" not in environment_for(outside, ADDRESSES, {})


def test_the_services_are_told_where_the_stand_ins_are() -> None:
    environment = environment_for(choose({}), ADDRESSES, {"SCRIBE_GUARD_ALLOW": "127.0.0.1:54321"})
    assert environment["ANTHROPIC_BASE_URL"] == ADDRESSES.anthropic_url
    assert environment["SCRIBE_GUARD_ALLOW"] == "127.0.0.1:54321,127.0.0.1:1"
    assert environment["SCRIBE_ARXIV_INTERVAL"] == "0"
    assert environment["SCRIBE_STAND_INS"] == "true"


def test_with_nothing_played_nothing_is_told() -> None:
    assert environment_for(choose({}), None, {}) == {}
