"""Fixtures that all tests share: real servers, each test with its own database and its own NATS."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.provision import ProvisionSettings, provision
from scribe.common.messaging.streams import MIB
from scribe.fakes.server import Fakes, serving
from tests.support.deadlines import stretched
from tests.support.pooler import running_pgbouncer
from tests.support.servers import NatsServer, as_user, fresh_database, running_nats, running_postgres

# A slow machine is no fault of what is tested. (In CI this is Hypothesis' own choice too.)
hypothesis_settings.register_profile(
    "patient", hypothesis_settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give every test more time on a busy machine."""
    if config.option.timeout is None:
        config.option.timeout = stretched(float(config.getini("timeout")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this machine lacks, in one line instead of one for each place that asks for it."""
    skipped = terminalreporter.stats.get("skipped", ())
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    if reasons:
        terminalreporter.write_line(
            "skipped: " + "; ".join(f"{count} ({reason})" for reason, count in reasons.most_common())
        )


@pytest.fixture(autouse=True)
def _fresh_logging() -> Iterator[None]:
    """What a test configures is forgotten after it: it may write to a stream that is closed then."""
    handlers = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A PostgreSQL server for the session: the URL of its database `postgres`, as superuser."""
    async with running_postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["postgres", "pgbouncer"])
async def database_server(
    request: pytest.FixtureRequest, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """What is connected to: PostgreSQL itself, and once more through a pooler."""
    if request.param == "postgres":
        yield postgres_url
    else:
        async with running_pgbouncer(postgres_url, tmp_path_factory.mktemp("pgbouncer")) as url:
            yield url


@pytest.fixture
async def database_url(postgres_url: str) -> AsyncIterator[str]:
    """A migrated database of the test's own."""
    async with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A nats-server of the test's own, which it may kill and start again."""
    async with running_nats(tmp_path / "nats") as server:
        yield server


@pytest.fixture
def nats_url(nats_server: NatsServer) -> str:
    """The URL of the test's own nats-server, for one who may do everything."""
    return as_user(nats_server.url, "operator")


@pytest.fixture
async def broker(nats_url: str) -> AsyncIterator[Broker]:
    """A connection to the test's own server, with every stream, bucket and consumer made, all of them small."""
    settings = ProvisionSettings(
        nats_url=nats_url,
        pipeline_max_bytes=8 * MIB,
        events_max_bytes=8 * MIB,
        deadletter_max_bytes=8 * MIB,
        step_concurrency=4,
    )
    async with connect(settings, "tests", structlog.get_logger()) as broker:
        await provision(broker, settings)
        yield broker


@pytest.fixture
async def fakes() -> AsyncIterator[Fakes]:
    """The outside world, played by stand-ins."""
    async with serving() as fakes:
        yield fakes
