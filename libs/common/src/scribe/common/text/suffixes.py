"""The public suffix list, by the copy that the library carries: nothing is downloaded."""

from publicsuffixlist import PublicSuffixList

from scribe.common.text.loading import once


@once
def public_suffixes() -> PublicSuffixList:
    """The list. Reading it takes a fifth of a second, once."""
    return PublicSuffixList()


def is_public_suffix(name: str) -> bool:
    """Whether names of hosts end so: `com`, `finance`, `co.uk`."""
    return public_suffixes().publicsuffix(name, accept_unknown=False) == name
