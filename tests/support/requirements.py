"""What a machine may lack. A test that needs it is skipped with the reason; where CI can have it, that is a failure.

`CI=true` or `SCRIBE_TESTS_STRICT=1` makes the absence of what Debian's packages bring (Chromium, PgBouncer, Prometheus)
a failure. A Docker engine and a cluster stay optional.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

TAG = os.environ.get("TAG", "0.1.0")
"""Of the images that tests run, as in the Makefile."""

INSTALLABLE = {
    "chromium": "Chromium is not installed (Debian: apt install chromium)",
    "pgbouncer": "PgBouncer is not installed (Debian: apt install pgbouncer)",
    "prometheus": "Prometheus is not installed (Debian: apt install prometheus)",
    "promtool": "promtool is not installed (Debian: apt install prometheus)",
}


def is_strict() -> bool:
    """Whether a machine must have everything that can be installed."""
    return os.environ.get("CI") == "true" or os.environ.get("SCRIBE_TESTS_STRICT") == "1"


def lacking(reason: str, *, installable: bool = False) -> NoReturn:
    """End the test: skipped with `reason`, or failed where CI should have had it."""
    if installable and is_strict():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require_program(name: str) -> str:
    """The path of `chromium`, `pgbouncer`, `prometheus` or `promtool`."""
    found = find_chromium() if name == "chromium" else find_program(name)
    if found is None:
        lacking(INSTALLABLE[name], installable=True)
    return found


def find_program(name: str) -> str | None:
    """The path of a program, daemons included."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def find_chromium() -> str | None:
    """`SCRIBE_CHROMIUM`, or what Debian or Playwright installed."""
    if named := os.environ.get("SCRIBE_CHROMIUM"):
        return named
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    browsers = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    return next(iter(sorted(map(str, browsers.glob("chromium*/chrome-*linux*/*chrom*e")))), None)


@cache
def docker_engine_answers() -> bool:
    """Whether containers can be started here; never where `SCRIBE_TESTS_EMBEDDED` is set."""
    if os.environ.get("SCRIBE_TESTS_EMBEDDED") or shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "version"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def require_image(service: str) -> None:
    """Skip where no Docker engine answers or has the image of a service."""
    if not docker_engine_answers():
        lacking("no Docker engine answers")
    if subprocess.run(["docker", "image", "inspect", f"scribe-{service}:{TAG}"], capture_output=True).returncode != 0:
        lacking(f"there is no image scribe-{service}:{TAG}; `make images` builds it")


def require_cluster() -> None:
    """Skip where kubectl has no current context, and where nobody asked for it to be used."""
    if os.environ.get("SCRIBE_TESTS_CLUSTER") != "1":
        lacking("a cluster is used only by `make e2e-cluster`")
    if shutil.which("kubectl") is None:
        lacking("kubectl is not installed")
    if subprocess.run(["kubectl", "config", "current-context"], capture_output=True, timeout=10).returncode != 0:
        lacking("kubectl has no current context")
