"""A key pair for each NATS user: seeds in files that only their owner reads, public keys for the server."""

import os
from dataclasses import dataclass
from pathlib import Path

from scribe.common.messaging.authorization import Identity, user_names
from scribe.common.messaging.seeds import SEED_BYTES, new_seed, public_key


@dataclass(frozen=True)
class NkeyFiles:
    """The seeds in a folder, `<user>.nk`; those that are missing are made."""

    folder: Path

    def identities(self) -> dict[str, Identity]:
        """Every user's public key."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return {name: Identity("nkey", self._public_key(name)) for name in user_names()}

    def seed_file(self, name: str) -> Path:
        """Where a user's seed is."""
        return self.folder / f"{name}.nk"

    def _public_key(self, name: str) -> str:
        file = self.seed_file(name)
        if not file.exists():
            unfinished = file.with_suffix(".new")
            unfinished.touch(0o600)
            unfinished.write_bytes(new_seed(os.urandom(SEED_BYTES)))
            unfinished.replace(file)
        return public_key(file.read_bytes())
