"""A TCP proxy between each of Scribe's processes and a server; those to NATS understand its protocol."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

from scribe.common.tasks.route import ROUTE
from scribe.local.platform import Platform
from scribe.local.processes import Program
from tests.chaos.frames import FrameTap, Rule
from tests.chaos.setup.rig import Rig
from tests.support.tcp_proxy import CutError, Tap, TcpProxy, Untouched, running_proxy

STEPS = tuple(str(step) for step in ROUTE)
CLIENTS = {"nats": ("gateway", *STEPS), "postgres": ("gateway", "composer"), "upstreams": STEPS}
"""Who connects to what."""
VARIABLES = {
    "nats": ("SCRIBE_NATS_URL",),
    "postgres": ("SCRIBE_DATABASE_URL", "SCRIBE_USERS_DATABASE_URL", "SCRIBE_COMPOSER_DATABASE_URL"),
    "upstreams": ("ANTHROPIC_BASE_URL", "SCRIBE_EXA_URL", "SCRIBE_ARXIV_URL"),
}
"""In which the address of a server stands."""


@dataclass
class CommitLoss:
    """How many commits are still to lose their answer, and how many have."""

    left: int = 0
    lost: int = 0


@dataclass
class Proxies:
    """By server and client. `rules` are those of each client's connection to NATS."""

    by_pair: dict[tuple[str, str], TcpProxy] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    commits: CommitLoss = field(default_factory=CommitLoss)

    def restore(self) -> None:
        """Let everything pass as it is."""
        for rules in self.rules.values():
            rules.clear()
        for proxy in self.by_pair.values():
            proxy.latency = 0.0
            proxy.counts.clear()
        self.commits.left = self.commits.lost = 0

    @property
    def counts(self) -> Counter[str]:
        """What all have done."""
        return sum((proxy.counts for proxy in self.by_pair.values()), Counter())

    def of(self, server: str) -> list[TcpProxy]:
        """All before one server."""
        return [proxy for (name, _), proxy in self.by_pair.items() if name == server]


@dataclass
class CommitTap:
    """Cuts a connection after the server has been sent a COMMIT and before its answer arrives."""

    loss: CommitLoss
    is_losing: bool = False

    def sent(self, data: bytes) -> bytes:
        """Look for the statement."""
        if self.loss.left > 0 and b"COMMIT" in data:
            self.loss.left -= 1
            self.is_losing = True
        return data

    def received(self, data: bytes) -> bytes:
        """The answer, which is lost; the server has committed by then."""
        if self.is_losing:
            self.loss.lost += 1
            raise CutError
        return data


@dataclass(frozen=True)
class Proxied:
    """Proxies before these servers: `nats`, `postgres`, `upstreams`."""

    servers: tuple[str, ...]

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Put them in between."""
        proxies = Proxies()
        rig.parts.append(proxies)
        async with AsyncExitStack() as stack:
            for server in self.servers:
                for client in CLIENTS[server]:
                    target = partial(port_of, rig.platform, server)
                    tap = _tap(proxies, server, client)
                    proxy = await stack.enter_async_context(running_proxy(target, tap))
                    proxies.by_pair[server, client] = proxy
                    rig.adapts.append(partial(_behind, proxy, target, VARIABLES[server], client))
            yield


def _tap(proxies: Proxies, server: str, client: str) -> Callable[[], Tap]:
    if server == "nats":
        return partial(FrameTap, proxies.rules.setdefault(client, []))
    return partial(CommitTap, proxies.commits) if server == "postgres" else Untouched


def _behind(
    proxy: TcpProxy, target: Callable[[], int], variables: tuple[str, ...], client: str, program: Program
) -> Program:
    """The program, which finds the proxy in the server's place."""
    if module_of(program) != client:
        return program
    direct, through = f"127.0.0.1:{target()}", f"127.0.0.1:{proxy.port}"
    environment = {
        name: value.replace(direct, through) if name in variables else value
        for name, value in program.environment.items()
    }
    return replace(program, environment=environment)


def module_of(program: Program) -> str:
    """The service of a process: `parser-2` is a `parser`."""
    return program.name.partition("-")[0]


def port_of(platform: Platform, server: str) -> int:
    """Where a server listens now."""
    if server == "upstreams":
        addresses = platform.stand_ins.addresses if platform.stand_ins else None
        return int(addresses.host_port.rpartition(":")[2]) if addresses else 0
    return platform.postgres.port if server == "postgres" else urlsplit(platform.nats.url).port or 0
