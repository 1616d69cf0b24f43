"""The whole platform on one machine: two servers, the stand-ins, migrations, streams and five services.

What does not depend on each other starts at once: the servers and the stand-ins, then everything else, since workers
wait for the streams by themselves. Only the gateway comes after the migrations.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from scribe.common.messaging.authorization import authorization
from scribe.common.messaging.permissions import IMPORTED_API, OPERATOR, SETUP
from scribe.common.messaging.streams import StreamLimits
from scribe.common.tasks.route import ROUTE
from scribe.local.errors import LocalError, PortInUseError, first_error
from scribe.local.folder import DataFolder, RunState
from scribe.local.outside import Outside, choose, environment_for
from scribe.local.ports import refusal
from scribe.local.processes import Child, Program
from scribe.local.servers import EmbeddedNats, EmbeddedPostgres
from scribe.local.servers.logins import Logins
from scribe.local.servers.nkeys import NkeyFiles
from scribe.local.services import Adapt, Service, as_it_is
from scribe.local.stand_ins import StandIns
from scribe.local.supervision import MisconfiguredError, Supervised, keep_alive

MIB = 1024 * 1024
COMMAND_TIMEOUT = 120.0
DEFAULTS = {
    "SCRIBE_CORS_ORIGINS": "http://localhost:3000,http://127.0.0.1:3000",  # where a frontend is developed mostly
    "SCRIBE_PIPELINE_MAX_BYTES": str(256 * MIB),
    "SCRIBE_EVENTS_MAX_BYTES": str(64 * MIB),
    "SCRIBE_DEADLETTER_MAX_BYTES": str(64 * MIB),
}
"""Sizes of the streams for one machine: JetStream reserves the space that they may grow to."""
LOOPBACK = "127.0.0.1,localhost"

Announce = Callable[[str], None]


def limits_of(environment: Mapping[str, str]) -> StreamLimits:
    """The sizes with which the streams are made."""
    sizes = {
        name.removeprefix("SCRIBE_").lower(): int(environment.get(name, default))
        for name, default in DEFAULTS.items()
        if name.endswith("_MAX_BYTES")
    }
    return StreamLimits(**sizes)


@dataclass(frozen=True)
class PlatformOptions:
    """How to run. A port of 0 is a free one; `durable=False` is for data that nobody keeps; `adapt` may change each
    process of a service before it starts.
    """

    environment: Mapping[str, str]
    port: int = 8000
    supabase_port: int = 0
    replicas: Mapping[str, int] = field(default_factory=dict)
    durable: bool = True
    adapt: Adapt = as_it_is


@dataclass
class Platform:
    """The parts, in the order in which they depend on each other."""

    folder: DataFolder
    options: PlatformOptions
    outside: Outside
    postgres: EmbeddedPostgres
    nats: EmbeddedNats
    nkeys: NkeyFiles
    logins: Logins
    stand_ins: StandIns | None
    services: dict[str, Service] = field(default_factory=dict, init=False)

    @property
    def url(self) -> str:
        """The gateway's URL."""
        return self.services["gateway"].url

    @property
    def parts(self) -> list[Supervised]:
        """Every process that is kept alive."""
        servers: list[Supervised] = [self.postgres, self.nats]
        return [*servers, *([self.stand_ins] if self.stand_ins else []), *self.services.values()]

    @property
    def state(self) -> RunState:
        """What other commands must know."""
        addresses = self.stand_ins.addresses if self.stand_ins else None
        supabase = self._base_environment().get("SCRIBE_SUPABASE_URL") or os.environ.get("SUPABASE_URL", "")
        return RunState(
            pid=os.getpid(),
            url=self.url,
            issuer=f"{supabase.rstrip('/')}/auth/v1",
            mints_tokens="supabase" in self.outside.stand_ins,
            stand_ins=self.outside.played,
            database_url=self.postgres.url,
            nats_url=self.nats.url,
            nats_nkey_file=str(self.nkeys.seed_file(OPERATOR)),
            upstreams_url=addresses.url if addresses else None,
            supabase_url=supabase.rstrip("/"),
            service_urls={name: service.probe_url for name, service in self.services.items()},
        )

    async def start(self, announce: Announce) -> None:
        """Start everything; returns when the gateway and every worker are ready.

        Raises:
            LocalError: something did not start; what did is stopped by `stop`.
        """
        _refuse_used(self.options.port, "--port")
        if self.stand_ins:
            _refuse_used(self.options.supabase_port, "--supabase-port")
        async with asyncio.TaskGroup() as tasks:
            for part in self.parts:
                tasks.create_task(part.start())
        announce("PostgreSQL and nats-server are up")
        self.logins.write(self.postgres.url)
        setup = self._environment_of(SETUP)
        self.services = self._services()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._start_gateways(setup))
            tasks.create_task(self._run_command("provision", ("-m", "scribe.common.messaging.provision"), setup))
            for service in self.services.values():
                if service.module != "gateway":
                    tasks.create_task(service.start())
        self.folder.write_state(self.state)

    async def stop(self) -> None:
        """Stop everything, dependents first; with SIGKILL where the data is not kept."""
        for group in (list(self.services.values()), [self.stand_ins, self.nats, self.postgres]):
            async with asyncio.TaskGroup() as tasks:
                for part in group:
                    if part is not None:
                        tasks.create_task(part.stop() if self.options.durable else part.kill())

    async def _start_gateways(self, environment: Mapping[str, str]) -> None:
        try:
            await self._run_command("migrations", ("-m", "scribe.migrations", "upgrade"), environment)
        except LocalError as error:
            raise LocalError(
                f"The database in {self.folder.path} cannot be brought up to date ({error}). If a newer version "
                "wrote it, use that one; else name a new folder with --data."
            ) from error
        async with asyncio.TaskGroup() as tasks:
            for service in self.services.values():
                if service.module == "gateway":
                    tasks.create_task(service.start())

    async def _run_command(self, name: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        log = self.folder.logs / f"{name}.log"
        child = Child(Program(name, (sys.executable, *arguments), environment, log))
        await child.start()
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT):
                code = await child.wait()
        except TimeoutError:
            raise LocalError(f"{name} took longer than {COMMAND_TIMEOUT:g} s; see {log}") from None
        finally:
            await child.kill()
        if code != 0:
            raise MisconfiguredError(child.log_end(1) or f"{name} ended with code {code}; see {log}")

    def _services(self) -> dict[str, Service]:
        replicas = self.options.replicas
        wanted = [(module, n + 1) for module in ("gateway", *ROUTE) for n in range(replicas.get(module, 1))]
        services = [
            Service(module, number, self._environment_of(module), self.folder.logs, adapt=self.options.adapt)
            for module, number in wanted
        ]
        services[0].port = self.options.port
        return {service.name: service for service in services}

    def _environment_of(self, user: str) -> dict[str, str]:
        """What a service sees: its own credential of NATS, and its own secrets in files."""
        nkey = {"SCRIBE_NATS_NKEY_FILE": str(self.nkeys.seed_file(user)), "SCRIBE_NATS_API_PREFIX": IMPORTED_API}
        return {**self._base_environment(), **nkey, **self.logins.variables(user, self.postgres.url)}

    def _base_environment(self) -> dict[str, str]:
        """The environment that all of Scribe's processes have in common."""
        environment = {**DEFAULTS, **self.options.environment}
        for name in ("no_proxy", "NO_PROXY"):
            environment[name] = ",".join(filter(None, [environment.get(name), LOOPBACK]))
        return {
            **environment,
            **environment_for(
                self.outside, self.stand_ins.addresses if self.stand_ins else None, self.options.environment
            ),
            "SCRIBE_NATS_URL": self.nats.url,
            "SCRIBE_LOG_FORMAT": "json",
        }


@asynccontextmanager
async def running_platform(folder: DataFolder, options: PlatformOptions, announce: Announce) -> AsyncIterator[Platform]:
    """The platform, started and kept alive; all of it is stopped at the end.

    Raises:
        LocalError: something did not start, or does not any more.
    """
    async with kept_alive(create_platform(folder, options), announce) as platform:
        yield platform


@asynccontextmanager
async def kept_alive(platform: Platform, announce: Announce) -> AsyncIterator[Platform]:
    """As `running_platform`, with a platform that is not started yet."""
    try:
        await platform.start(announce)
        async with asyncio.TaskGroup() as tasks:
            keepers = [tasks.create_task(keep_alive(part, announce)) for part in platform.parts]
            try:
                yield platform
            finally:
                for keeper in keepers:
                    keeper.cancel()
    except BaseExceptionGroup as group:
        raise first_error(group) from None
    finally:
        announce("stopping")
        await platform.stop()


def create_platform(folder: DataFolder, options: PlatformOptions) -> Platform:
    """The platform of a folder, not started."""
    outside = choose(options.environment)
    nkeys = NkeyFiles(folder.nkeys)
    stand_ins = StandIns(folder.keys, folder.logs / "fakes.log", options.environment, options.supabase_port)
    return Platform(
        folder=folder,
        options=options,
        outside=outside,
        postgres=EmbeddedPostgres(folder.postgres, durable=options.durable),
        nats=EmbeddedNats(folder.nats, authorization=authorization(nkeys.identities())),
        nkeys=nkeys,
        logins=Logins(folder.secrets),
        stand_ins=stand_ins if outside.stand_ins else None,
    )


def _refuse_used(port: int, option: str) -> None:
    if why := refusal(port):
        raise PortInUseError(f"Port {port} cannot be used ({why}); choose another with {option}, or 0 for a free one.")
