"""Whose a host is, by the public suffix list."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from scribe.common.text.suffixes import public_suffixes

ACADEMIC_SUFFIXES = frozenset({"edu", "ac"})
"""The labels of public suffixes under which only universities and institutes get names: `.edu`, `.edu.au`, `.ac.uk`."""


def host_of(url: str) -> str:
    """The host without `www.`; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def registrable_domain(url: str) -> str:
    """The part of a URL's host that somebody has registered (`ox.ac.uk`, `somebody.github.io`), else the host."""
    host = host_of(url)
    return host if _is_address(host) else public_suffixes().privatesuffix(host) or host


def is_academic(url: str) -> bool:
    """Whether the host stands under a suffix for universities and institutes."""
    suffix = public_suffixes().publicsuffix(host_of(url)) or ""
    return not ACADEMIC_SUFFIXES.isdisjoint(suffix.split("."))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
