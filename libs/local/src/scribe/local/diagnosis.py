"""What `scribe doctor` looks at: each check gives findings, and none of them changes anything."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from scribe.common.messaging.permissions import IMPORTED_API
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.models.settings import PROVIDERS
from scribe.common.tasks.route import ROUTE
from scribe.local.browser import browser_note
from scribe.local.errors import LocalError, NotRunningError
from scribe.local.findings import Finding
from scribe.local.folder import DataFolder, RunState
from scribe.local.gateway import sentence_of
from scribe.local.platform import limits_of
from scribe.local.reach import folder_of, gateway_of, state_of
from scribe.local.server_checks import check_grants, check_migrations, check_nats_users, check_streams
from scribe.local.servers.binaries import postgres_binaries
from scribe.local.servers.nkeys import NkeyFiles

TIMEOUT = 10.0
MAX_CLOCK_DIFFERENCE = 30.0
"""Seconds; access tokens allow no more."""


async def diagnose(data: Path, user: str, environment: Mapping[str, str]) -> Sequence[Finding]:
    """All findings, in the order in which one looks for a fault; of a gateway that SCRIBE_URL names, what can be seen
    from here.
    """
    named = environment.get("SCRIBE_URL")
    findings = [] if named else [_binaries(), _browser(environment), *_keys(environment)]
    try:
        url, token = gateway_of(data, user)
        state = None if named else state_of(data)
    except NotRunningError as error:
        return [*findings, Finding(name="platform", state="bad", found="nothing runs", remedy=str(error))]
    except LocalError as error:
        return [*findings, Finding(name="platform", state="bad", found="no access", remedy=str(error))]
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
        findings += await _gateway(client, url, headers)
        if state is not None:
            findings += await _servers(folder_of(data), state, environment)
            findings += [await _service(client, *service) for service in state.service_urls.items()]
    return findings


async def _servers(folder: DataFolder, state: RunState, environment: Mapping[str, str]) -> Sequence[Finding]:
    seeds = NkeyFiles(folder.nkeys)
    users = {
        str(name): BrokerSettings(
            nats_url=state.nats_url, nats_nkey_file=str(seeds.seed_file(name)), nats_api_prefix=IMPORTED_API
        )
        for name in ROUTE
    }
    operator = BrokerSettings(nats_url=state.nats_url, nats_nkey_file=state.nats_nkey_file)
    return await asyncio.gather(
        check_migrations(state.database_url),
        check_grants(state.database_url),
        check_streams(operator, limits_of(environment)),
        check_nats_users(users),
    )


def _binaries() -> Finding:
    try:
        return Finding(name="PostgreSQL", state="ok", found=f"its programs are in {postgres_binaries()}")
    except LocalError as error:
        return Finding(name="PostgreSQL", state="bad", found="its programs cannot be run", remedy=str(error))


def _browser(environment: Mapping[str, str]) -> Finding:
    try:
        note = browser_note(environment)
    except LocalError as error:
        return Finding(name="browser", state="bad", found="it cannot be run", remedy=str(error))
    if note:
        return Finding(name="browser", state="note", found="none was found", remedy=note)
    return Finding(name="browser", state="ok", found="a Chromium is here")


def _keys(environment: Mapping[str, str]) -> Sequence[Finding]:
    names = [f"{name.upper()}_API_KEY" for name in PROVIDERS]
    return [
        _key("model key", [name for name in names if environment.get(name)], f"Set {' or '.join(names)}."),
        _key("Exa key", ["EXA_API_KEY"] if environment.get("EXA_API_KEY") else [], "Set EXA_API_KEY."),
    ]


def _key(name: str, found: Sequence[str], remedy: str) -> Finding:
    """A missing key is no fault: a stand-in takes its part."""
    if found:
        return Finding(name=name, state="ok", found=f"{' and '.join(found)} is set")
    return Finding(name=name, state="note", found="not set here: a stand-in takes its part", remedy=remedy)


async def _gateway(client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> Sequence[Finding]:
    try:
        health = await client.get(f"{url}/health")
        profile = await client.get(f"{url}/api/user/profile", headers=headers)
    except httpx.HTTPError as error:
        remedy = f"See that a gateway is at {url} and can be reached from here."
        return [Finding(name="gateway", state="bad", found=f"no answer ({type(error).__name__})", remedy=remedy)]
    return [*_health(url, health), check_clock(health), _token(profile)]


def _health(url: str, response: httpx.Response) -> Sequence[Finding]:
    try:
        parts = {name: str(response.json()[name]) for name in ("database", "broker")}
    except (ValueError, KeyError, TypeError):
        return [
            Finding(name="gateway", state="bad", found=f"{url} is no gateway of Scribe", remedy="Check SCRIBE_URL.")
        ]
    return [
        Finding(name="gateway", state="ok", found=f"it answers at {url}"),
        *(
            Finding(name=name, state="ok", found=state)
            if state == "healthy"
            else Finding(name=name, state="bad", found=state, remedy="See the gateway's log and the server's.")
            for name, state in parts.items()
        ),
    ]


def check_clock(response: httpx.Response) -> Finding:
    """Whether this machine's clock and that of the gateway, as its answer tells it, are near enough for tokens."""
    try:
        there = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return Finding(name="clock", state="note", found="the gateway does not tell its time")
    difference = abs(time.time() - there)
    if difference > MAX_CLOCK_DIFFERENCE:
        remedy = "Set the clocks by NTP: access tokens are refused before and after their time."
        return Finding(name="clock", state="bad", found=f"{difference:.0f} s from the gateway's", remedy=remedy)
    return Finding(name="clock", state="ok", found=f"within {MAX_CLOCK_DIFFERENCE:.0f} s of the gateway's")


def _token(response: httpx.Response) -> Finding:
    if response.status_code == httpx.codes.UNAUTHORIZED:
        remedy = "Set SCRIBE_TOKEN to a fresh access token, or unset it for the platform that runs here."
        return Finding(name="token", state="bad", found=sentence_of(response), remedy=remedy)
    if response.status_code == httpx.codes.FORBIDDEN:
        return Finding(name="token", state="note", found="its user is new here; the first e-mail signs them up")
    if response.is_error:
        return Finding(name="token", state="bad", found=sentence_of(response), remedy="See the gateway's log.")
    return Finding(name="token", state="ok", found="it is accepted")


async def _service(client: httpx.AsyncClient, name: str, url: str) -> Finding:
    try:
        ready = (await client.get(f"{url}/readyz")).is_success
    except httpx.HTTPError:
        ready = False
    if ready:
        return Finding(name=name, state="ok", found="ready")
    return Finding(name=name, state="bad", found="not ready", remedy=f"See logs/{name}.log in the folder of its data.")
