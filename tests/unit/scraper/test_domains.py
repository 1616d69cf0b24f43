"""Whose a host is."""

import pytest

from scribe.common.text.suffixes import is_public_suffix
from scribe.scraper.domains import is_academic, registrable_domain


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.physics.ox.ac.uk/people", "ox.ac.uk"),
        ("https://news.mit.edu/2024", "mit.edu"),
        ("https://somebody.github.io/x", "somebody.github.io"),
        ("http://192.0.2.7:8080/", "192.0.2.7"),
        ("http://localhost/", "localhost"),
        ("http://[::1", ""),
    ],
)
def test_what_somebody_has_registered(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


@pytest.mark.parametrize(
    ("url", "academic"),
    [
        ("https://www.mit.edu/", True),
        ("https://x.edu.au/", True),
        ("https://www.u-tokyo.ac.jp/", True),
        ("https://edu.example.com/", False),
        ("https://uni-hamburg.de/", False),
    ],
)
def test_some_suffixes_are_for_universities(url: str, *, academic: bool) -> None:
    assert is_academic(url) is academic


def test_endings_of_hosts_are_known() -> None:
    assert is_public_suffix("finance")
    assert not is_public_suffix("rosetta")
