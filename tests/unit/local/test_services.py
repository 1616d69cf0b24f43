"""A service has the port that it was given, or keeps the one that it has found."""

import os
from pathlib import Path

import pytest

from scribe.local.services import Service
from scribe.local.supervision import MisconfiguredError
from tests.support.ports import taken_port

PROGRAM = """
import http.server, json, os, sys

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

try:
    server = http.server.ThreadingHTTPServer((os.environ["SCRIBE_HOST"], int(os.environ["SCRIBE_PORT"])), Ready)
except OSError as error:
    print(json.dumps({"reason": error.strerror}), flush=True)
    sys.exit(2)
server.serve_forever()
"""


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A service that does nothing but to be ready, in a part of the namespace package of its own."""
    folder = tmp_path / "scribe" / "idle"
    folder.mkdir(parents=True)
    (folder / "__main__.py").write_text(PROGRAM)
    return Service("idle", 1, {**os.environ, "PYTHONPATH": str(tmp_path)}, logs=tmp_path)


async def test_a_port_that_was_asked_for_is_never_another(service: Service) -> None:
    with taken_port() as service.port, pytest.raises(MisconfiguredError, match="Address already in use"):
        await service.start()


async def test_the_port_stays_over_a_restart(service: Service) -> None:
    await service.start()
    first = service.port
    await service.kill()
    await service.start()
    assert service.port == first
    await service.kill()
