"""Writes the NATS users of the chart scribe-dev: the accounts, and a seed for each service.

The seeds follow from the services' names and are no secret: the chart is for trials, and its NATS is reached only by
Scribe's pods.
"""

from hashlib import sha256
from pathlib import Path

from scribe.common.messaging.authorization import Identity, authorization, user_names
from scribe.common.messaging.seeds import new_seed, public_key

FOLDER = Path(__file__).parent / "scribe-dev" / "files" / "nats"


def files() -> dict[str, str]:
    """The content of each file by its name."""
    seeds = {name: new_seed(sha256(f"scribe-dev {name}".encode()).digest()) for name in user_names()}
    accounts = authorization({name: Identity("nkey", public_key(seed)) for name, seed in seeds.items()})
    return {"accounts.conf": accounts, **{f"{name}.nk": seed.decode() + "\n" for name, seed in seeds.items()}}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_text(content, "utf-8")
