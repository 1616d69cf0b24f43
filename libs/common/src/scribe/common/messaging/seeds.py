"""Seeds of NATS nkeys, with which services prove who they are.

`python -m scribe.common.messaging.seeds` prints a new one; `… seeds public FILE` the public key that belongs to a seed.
"""

import os
import sys
from pathlib import Path

import nkeys

SEED_BYTES = 32


def new_seed(entropy: bytes, kind: int = nkeys.PREFIX_BYTE_USER) -> bytes:
    """A seed made of 32 random bytes: a user's, or that of another `kind`, one of nkeys' prefixes."""
    return bytes(nkeys.encode_seed(entropy, kind))


def public_key(seed: bytes) -> str:
    """The public key of a seed, `U…`."""
    return bytes(nkeys.from_seed(bytearray(seed.strip())).public_key).decode()


def _main(arguments: list[str]) -> int:
    match arguments[1:]:
        case []:
            print(new_seed(os.urandom(SEED_BYTES)).decode())  # noqa: T201 - the command's answer
        case ["public", file]:
            print(public_key(Path(file).read_bytes()))  # noqa: T201
        case _:
            print(f"usage: {arguments[0]} [public FILE]", file=sys.stderr)  # noqa: T201
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv))
