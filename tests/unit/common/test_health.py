"""The probes of a worker, over HTTP."""

import asyncio
import socket

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from scribe.common.errors import ConfigurationError
from scribe.common.health import Checks, bind, probes, serving


async def test_probes_follow_their_checks() -> None:
    state = {"live": True, "ready": False}
    registry = CollectorRegistry()
    Counter("scribe_example", "An example.", registry=registry).inc()
    checks = Checks(live={"pull": lambda: state["live"]}, ready={"nats": lambda: state["ready"]})
    async with serving(probes(checks, registry), "127.0.0.1", 0) as port, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{port}"
        assert (await client.get(f"{url}/livez")).status_code == 200
        not_ready = await client.get(f"{url}/readyz")
        assert (not_ready.status_code, not_ready.json()["checks"]) == (503, {"pull": True, "nats": False})
        state.update(live=False, ready=True)
        assert (await client.get(f"{url}/livez")).status_code == 503
        assert "scribe_example_total 1.0" in (await client.get(f"{url}/metrics")).text


async def test_a_port_in_use_is_a_sentence_that_says_what_to_do() -> None:
    app = probes(Checks(live={}, ready={}), CollectorRegistry())
    async with serving(app, "127.0.0.1", 0) as port:
        with pytest.raises(ConfigurationError, match=f"port {port} cannot be used.*SCRIBE_PORT"):
            async with serving(app, "127.0.0.1", port):
                pass


async def test_answers_do_not_wait_for_the_acknowledgement_of_their_first_half() -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    listener = bind("127.0.0.1", 0)
    async with await asyncio.start_server(lambda _, writer: accepted.put_nowait(writer), sock=listener):
        _, client = await asyncio.open_connection(*listener.getsockname())
        server = await accepted.get()
        assert server.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for writer in (server, client):
            writer.close()
