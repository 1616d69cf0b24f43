"""Whose a host is: by the public suffix list that the library carries, without a request."""

from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

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
    return host if _is_address(host) else _suffixes().privatesuffix(host) or host


def is_academic(url: str) -> bool:
    """Whether the host stands under a suffix for universities and institutes."""
    suffix = _suffixes().publicsuffix(host_of(url)) or ""
    return not ACADEMIC_SUFFIXES.isdisjoint(suffix.split("."))


def is_public_suffix(name: str) -> bool:
    """Whether names of hosts end so: `com`, `finance`, `co.uk`."""
    return _suffixes().publicsuffix(name, accept_unknown=False) == name


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
