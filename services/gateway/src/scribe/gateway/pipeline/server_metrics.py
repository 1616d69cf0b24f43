"""Metrics of JetStream and PostgreSQL, read in a loop for Prometheus.

They are read every few seconds and not on a scrape, so that scrapes are quick. No exporters are needed: JetStream's API
tells of consumers, streams and the account, PostgreSQL's statistics views of the database.
"""

import asyncio
import time

import asyncpg
from prometheus_client import Counter

from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.streams import ASKER, DEADLETTER, EVENTS, LOOKUPS, PAPERS, PIPELINE, PROJECTOR
from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import POSTGRES_UNAVAILABLE, load_queries
from scribe.common.tasks.route import Route
from scribe.gateway.database import Database
from scribe.gateway.pipeline.backlog import Backlog, read_backlog
from scribe.gateway.pipeline.dead_letters import count_open
from scribe.gateway.problems import ServiceUnavailable

SQL = load_queries("scribe.gateway.pipeline")
INTERVAL = 5.0
STREAMS = (PIPELINE, EVENTS, DEADLETTER, LOOKUPS, PAPERS)


class ServerMetricsCollector:
    """Reads the metrics every `interval` seconds. A server that does not answer counts as down, and its metrics keep
    their last values.
    """

    def __init__(
        self, database: Database, broker: Broker, metrics: Metrics, route: Route, interval: float = INTERVAL
    ) -> None:
        self._database = database
        self._broker = broker
        self._servers, self._tasks = metrics.servers, metrics.tasks
        self._jetstream, self._postgres = metrics.jetstream, metrics.postgres
        self._interval = interval
        self._steps = tuple(map(str, route))
        steps = [(PIPELINE, step) for step in self._steps]
        self._consumers = [*steps, (PIPELINE, PROJECTOR), (EVENTS, PROJECTOR), (LOOKUPS, ASKER)]
        self._last: dict[Counter, float] = {}
        self._letters: tuple[int, int] | None = None

    async def run(self) -> None:
        """Collect at each interval, until cancelled."""
        while True:
            await self.collect()
            await asyncio.sleep(self._interval)

    async def collect(self) -> None:
        """Read the metrics of both servers once."""
        self._servers.up.labels("nats").set(await self._collect_nats())
        self._servers.up.labels("postgres").set(await self._collect_postgres())
        self._tasks.loop_pass.labels("watch").set_to_current_time()

    async def _collect_nats(self) -> bool:
        try:
            started = time.monotonic()
            await self._broker.client.flush(timeout=2)
            self._jetstream.rtt.labels("nats").set(time.monotonic() - started)
            for stream, consumer in self._consumers:
                self._show_backlog(await read_backlog(self._broker.js, stream, consumer))
            for stream in STREAMS:
                await self._show_stream(stream)
            await self._show_account()
        except NATS_UNAVAILABLE:
            self._tasks.loop_errors.labels("watch").inc()
            return False
        return True

    def _show_backlog(self, backlog: Backlog) -> None:
        labels, metrics = (backlog.stream, backlog.consumer), self._jetstream
        metrics.lag.labels(*labels).set(backlog.lag)
        metrics.ack_pending.labels(*labels).set(backlog.unsettled)
        metrics.redelivered.labels(*labels).set(backlog.redelivered)
        metrics.waiting_pulls.labels(*labels).set(backlog.waiting_pulls)
        metrics.oldest.labels(*labels).set(backlog.oldest)

    async def _show_stream(self, stream: str) -> None:
        info = await self._broker.js.stream_info(stream)
        if stream == DEADLETTER:
            await self._show_dead_letters((info.state.messages, info.state.last_seq))
        self._jetstream.messages.labels(stream).set(info.state.messages)
        self._jetstream.bytes.labels(stream).set(info.state.bytes)
        self._jetstream.limit.labels(stream).set(info.config.max_bytes or 0)

    async def _show_dead_letters(self, letters: tuple[int, int]) -> None:
        """Count by step, where the number or the newest has changed: there may be thousands."""
        if letters == self._letters:
            return
        counts = await count_open(self._broker.js)
        for step in (*self._steps, *counts):
            self._jetstream.dead_letters_open.labels(step).set(counts[step])
        self._letters = letters

    async def _show_account(self) -> None:
        account = await self._broker.js.account_info()
        self._jetstream.storage.labels("file").set(account.storage)
        self._jetstream.storage.labels("memory").set(account.memory)
        self._rise(self._jetstream.requests.labels("answered"), account.api.total - account.api.errors)
        self._rise(self._jetstream.requests.labels("error"), account.api.errors)

    async def _collect_postgres(self) -> bool:
        try:
            async with self._database.as_service() as connection:
                (queue,) = await connection.fetch(SQL["watch_queue"])
                (server,) = await connection.fetch(SQL["watch_server"])
        except (ServiceUnavailable, asyncpg.PostgresError, *POSTGRES_UNAVAILABLE):
            self._tasks.loop_errors.labels("watch").inc()
            return False
        for state in ("waiting", "in_flight"):
            self._servers.queue_items.labels(state).set(queue[state])
            self._servers.queue_oldest.labels(state).set(max(0.0, queue[f"{state}_oldest"]))
        self._show_server(server)
        return True

    def _show_server(self, row: asyncpg.Record) -> None:
        name, metrics = row["database"], self._postgres
        metrics.connections.labels(name).set(row["connections"])
        metrics.connection_limit.labels(name).set(row["connection_limit"])
        metrics.size.labels(name).set(row["size"])
        self._rise(metrics.deadlocks.labels(name), row["deadlocks"])
        for result in ("committed", "rolled_back"):
            self._rise(metrics.transactions.labels(name, result), row[result])
        for source in ("cache", "disk"):
            self._rise(metrics.blocks.labels(name, source), row[f"from_{source}"])
        for operation in ("fetched", "inserted", "updated", "deleted"):
            self._rise(metrics.rows.labels(name, operation), row[operation])

    def _rise(self, counter: Counter, value: float) -> None:
        """Increase a counter as the server's own counter grows; after a restart of the server it goes on from there."""
        last = self._last.get(counter)
        if last is not None:
            counter.inc(value - last if value >= last else value)
        self._last[counter] = value
