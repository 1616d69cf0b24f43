"""What commands are given: what they work with, and what was typed."""

import argparse
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.route import Route
from scribe.gateway.database import Database
from scribe.gateway.ops.answer import Answer
from scribe.gateway.settings import GatewaySettings


@dataclass(frozen=True)
class Operations:
    """What commands work with."""

    database: Database
    broker: Broker
    settings: GatewaySettings
    route: Route


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


class Command(argparse.Namespace):
    """What was typed; only the options of the command are there."""

    run: "Callable[[Operations, Command], Awaitable[Answer]]"
    json: bool
    ids: Sequence[int]
    step: str | None
    cause: str | None
    all: bool
    limit: int
    stream: str
    max_bytes: int | None
    max_age: float | None
    replicas: int | None
    user: UUID
    seconds: int
