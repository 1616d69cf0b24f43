"""Which outside services are played by stand-ins, and the environment that follows for the services.

A provider without a key gets a stand-in. arXiv needs no key and goes with Exa, so that papers and pages are about the
same people. An address that the user has set stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

PLACEHOLDER_KEY = "stand-in"
DEFAULT_PROVIDER = "anthropic"
ROLES = ("PARSER", "SCRAPER", "COMPOSER", "CHECKER")
MODELS = tuple(f"SCRIBE_{role}_MODEL" for role in ROLES)
FALLBACK_MODELS = tuple(f"SCRIBE_{role}_FALLBACK_MODELS" for role in ROLES)


class StandInAddresses(BaseModel):
    """Where the stand-ins are: the line that `python -m scribe.fakes` prints."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    anthropic_url: str
    fireworks_url: str
    exa_url: str
    arxiv_url: str
    supabase_url: str
    host_port: str


@dataclass(frozen=True)
class Outside:
    """Which services are stand-ins. `in_use` names the outside services that an e-mail needs; `stand_ins` those that
    are not the real ones.
    """

    in_use: tuple[str, ...]
    stand_ins: frozenset[str]

    @property
    def played(self) -> tuple[str, ...]:
        """The upstreams that an e-mail needs and that a stand-in plays."""
        return tuple(name for name in self.in_use if name in self.stand_ins)

    @property
    def label(self) -> str:
        """For a line of summary."""
        if not self.played:
            return "real"
        return "stand-ins" if self.played == self.in_use else f"stand-ins for {', '.join(self.played)}"


def choose(environment: Mapping[str, str]) -> Outside:
    """Decide by the keys and addresses that are set."""
    stand_ins = {
        name
        for name, variables in {
            "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
            "fireworks": ("FIREWORKS_API_KEY", "FIREWORKS_BASE_URL"),
            "exa": ("EXA_API_KEY", "EXA_BASE_URL", "SCRIBE_EXA_URL"),
            "supabase": ("SUPABASE_URL",),
        }.items()
        if not _any_set(environment, variables)
    }
    if "exa" in stand_ins and not _any_set(environment, ("ARXIV_URL",)):
        stand_ins.add("arxiv")
    return Outside((*_providers(environment), "exa", "arxiv"), frozenset(stand_ins))


def environment_for(
    outside: Outside, addresses: StandInAddresses | None, environment: Mapping[str, str]
) -> dict[str, str]:
    """What the services' environment gets on top of the user's. `addresses` is None where nothing is played."""
    if addresses is None:
        return {}
    found = {
        "anthropic": {"ANTHROPIC_API_KEY": PLACEHOLDER_KEY, "ANTHROPIC_BASE_URL": addresses.anthropic_url},
        "fireworks": {"FIREWORKS_API_KEY": PLACEHOLDER_KEY, "FIREWORKS_BASE_URL": addresses.fireworks_url},
        "exa": {
            "EXA_API_KEY": PLACEHOLDER_KEY,
            "SCRIBE_EXA_URL": addresses.exa_url,
            "SCRIBE_GUARD_ALLOW": _joined(environment.get("SCRIBE_GUARD_ALLOW", ""), addresses.host_port),
        },
        "arxiv": {"SCRIBE_ARXIV_URL": addresses.arxiv_url, "SCRIBE_ARXIV_INTERVAL": "0"},
        # The guard lets PDFs be read that were uploaded to the stand-in's storage.
        "supabase": {
            "SCRIBE_SUPABASE_URL": addresses.supabase_url,
            "SCRIBE_GUARD_ALLOW": _joined(environment.get("SCRIBE_GUARD_ALLOW", ""), addresses.host_port),
        },
    }
    chosen = {key: value for name in sorted(outside.stand_ins) for key, value in found[name].items()}
    return {**chosen, "SCRIBE_STAND_INS": "true"}


def _joined(*lists: str) -> str:
    return ",".join(part for part in lists if part)


def _providers(environment: Mapping[str, str]) -> tuple[str, ...]:
    variables = (*MODELS, *FALLBACK_MODELS)
    names = [name.strip() for variable in variables for name in environment.get(variable, "").split(",")]
    providers = [name.partition(":")[0] for name in names if ":" in name]
    all_named = all(map(environment.get, MODELS))
    return tuple(dict.fromkeys(providers if all_named else [DEFAULT_PROVIDER, *providers]))


def _any_set(environment: Mapping[str, str], variables: tuple[str, ...]) -> bool:
    return any(environment.get(name) for variable in variables for name in (variable, f"SCRIBE_{variable}"))
