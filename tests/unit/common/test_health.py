"""The probes of a worker, over HTTP."""

import asyncio
import socket

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scribe.common.errors import ConfigurationError
from scribe.common.process.health import Checks, bind, probes, serving
from tests.support.waiting import eventually


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


async def test_request_under_way_is_answered_when_the_server_ends() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Response:
        begun.set()
        await ended.wait()
        return Response("done")

    async with httpx.AsyncClient() as client, asyncio.TaskGroup() as tasks:
        async with serving(Starlette(routes=[Route("/", slow)]), "127.0.0.1", 0, grace=30) as port:
            asked = tasks.create_task(client.get(f"http://127.0.0.1:{port}/"))
            await begun.wait()
            tasks.create_task(refuses(port, then=ended))
        assert (await asked).text == "done"


async def refuses(port: int, then: asyncio.Event) -> None:
    """Set `then` when the port takes no connection any more."""

    async def refused() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return True
        except ConnectionError:  # reset: the listener was closed with this connection in its backlog
            return False
        writer.close()
        return False

    await eventually(refused)
    then.set()


async def test_answers_do_not_wait_for_the_acknowledgement_of_their_first_half() -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    listener = bind("127.0.0.1", 0)
    async with await asyncio.start_server(lambda _, writer: accepted.put_nowait(writer), sock=listener):
        _, client = await asyncio.open_connection(*listener.getsockname())
        server = await accepted.get()
        assert server.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for writer in (server, client):
            writer.close()
