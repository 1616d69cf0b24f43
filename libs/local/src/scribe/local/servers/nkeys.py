"""A key pair for each NATS user: seeds in files that only their owner reads, public keys for the server."""

import os
from dataclasses import dataclass
from pathlib import Path

import nkeys

from scribe.common.messaging.authorization import Identity, user_names

SEED_BYTES = 32


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


def new_seed(entropy: bytes) -> bytes:
    """A user's seed made of 32 random bytes."""
    return bytes(nkeys.encode_seed(entropy, nkeys.PREFIX_BYTE_USER))


def public_key(seed: bytes) -> str:
    """The public key of a seed, `U…`."""
    return bytes(nkeys.from_seed(bytearray(seed.strip())).public_key).decode()
