"""What a test may do to a stand-in: slow it down, break it, limit it, and read who called."""

import asyncio
import hashlib
import json
import random
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scribe.fakes.broken import Broken, broken, refusal

MAX_CALLS = 5000
CONTROL_PATHS = ("_control", "_calls", "_answered", "_faults")
MAX_BODY = 256 * 1024
HANG_SECONDS = 3600.0

Behaviour = Literal[
    "helpful",
    "unmetered",
    "rubbish",
    "refusal",
    "empty",
    "fenced",
    "thinking",
    "obedient",
    "inventive",
    "foreign",
    "long",
    "greedy",
    "credulous",
    "severe",
]


class Fault(BaseModel):
    """How calls whose path contains `path`, whose body contains `contains`, and that come with `key`, are answered.

    `times` limits how many, None means until reset.
    """

    model_config = ConfigDict(extra="forbid")

    path: str = ""
    contains: str = ""
    key: str = Field("", description="API key of the calls that are meant; empty for calls with any key.")
    times: int | None = Field(None, ge=1)
    latency: float | tuple[float, float] = 0.0
    status: int | None = Field(None, ge=400, le=599)
    message: str = "stand-in error"
    retry_after: str | None = None
    hang: bool = False
    close: bool = False
    broken: Broken | None = None
    behaviour: Behaviour | None = None
    rate: tuple[int, float] | None = Field(None, description="Calls and seconds; more are answered with 429.")
    window: float = Field(0.0, ge=0, description="Seconds for which every call is refused once the rate was exceeded.")


@dataclass(frozen=True)
class Call:
    """One call as it arrived; `at` is Unix time, `body` its JSON where it had one."""

    at: float
    method: str
    path: str
    query: str
    status: int
    body: object


@dataclass
class Controls:
    """The faults that are in force, the first that fits winning, and the calls so far."""

    faults: list[Fault] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=MAX_CALLS))
    answered: Counter[str] = field(default_factory=Counter)
    """How often each request was answered with 200, by a digest of its path and body; not bounded, for whole runs."""
    broken: Counter[str] = field(default_factory=Counter)
    """How often each request was answered with what no client can read, by the same digest."""
    struck: Counter[str] = field(default_factory=Counter)
    """How many calls met a fault, by the fault's `path`."""
    _arrivals: dict[int, deque[float]] = field(default_factory=dict)
    _refused_until: dict[int, float] = field(default_factory=dict)

    def add(self, **fault: object) -> None:
        """Put a fault into force."""
        self.faults.append(Fault.model_validate(fault))

    def reset(self) -> None:
        """Answer everything properly, and forget the calls."""
        self.faults.clear()
        self.calls.clear()
        self.answered.clear()
        self.broken.clear()
        self.struck.clear()
        self._arrivals.clear()
        self._refused_until.clear()

    def calls_to(self, path: str) -> list[Call]:
        """The calls whose path contains `path`, in order."""
        return [call for call in self.calls if path in call.path]

    def take(self, path: str, body: bytes = b"", key: str = "") -> Fault | None:
        """The fault for a call that arrives now; counted ones are used up."""
        for fault in self.faults:
            is_meant = fault.path in path and fault.contains.encode() in body and fault.key in ("", key)
            if is_meant and not (fault.rate and self._within(fault)):
                self.struck[fault.path] += 1
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self.faults.remove(fault)
                return fault
        return None

    def _within(self, fault: Fault) -> bool:
        """Whether one more call is within the fault's rate."""
        calls, window = fault.rate or (0, 0.0)
        arrivals = self._arrivals.setdefault(id(fault), deque())
        now = time.monotonic()
        if now < self._refused_until.get(id(fault), 0.0):
            return False
        while arrivals and now - arrivals[0] > window:
            arrivals.popleft()
        if len(arrivals) < calls:
            arrivals.append(now)
            return True
        self._refused_until[id(fault)] = now + fault.window
        return False


class Controlled:
    """Surrounds an application: marks its answers, logs its calls, and does what the controls say."""

    def __init__(self, app: ASGIApp, controls: Controls) -> None:
        self.app = app
        self._controls = controls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, properly or not."""
        if scope["type"] != "http" or scope["path"].rpartition("/")[2] in CONTROL_PATHS:
            return await self.app(scope, receive, send)
        arrived = time.time()
        body = await _read(receive)
        status = 0

        async def marked_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-scribe-stand-in", b"true")]
            await send(message)

        fault = self._controls.take(scope["path"], body, _key(scope))
        scope["state"] = {**scope.get("state", {}), "behaviour": (fault and fault.behaviour) or "helpful"}
        try:
            await self._answer(fault, scope, _replay(body), marked_send)
        finally:
            path, query = scope["path"], scope["query_string"].decode()
            self._controls.calls.append(Call(arrived, scope["method"], path, query, status, _json(body)))
            if status == HTTPStatus.OK and body:
                counts = self._controls.broken if fault and fault.broken else self._controls.answered
                counts[f"{path} {hashlib.sha256(body).hexdigest()}"] += 1

    async def _answer(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self.app
        if fault is not None:
            await asyncio.sleep(HANG_SECONDS if fault.hang else _seconds(fault.latency))
            if fault.close:
                raise ConnectionAbortedError("closed by a control")
            answering = (
                refusal(fault.status or 429, fault.message, fault.retry_after, scope["path"])
                if fault.rate or fault.status
                else self.app
            )
            answering = broken(fault.broken) if fault.broken else answering
        await answering(scope, receive, send)


def _key(scope: Scope) -> str:
    """The API key that a call comes with, in the header of Anthropic and Exa or as a bearer token."""
    headers = Headers(scope=scope)
    return headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")


def _seconds(latency: float | tuple[float, float]) -> float:
    return random.uniform(*latency) if isinstance(latency, tuple) else latency


def _json(body: bytes) -> object:
    try:
        parsed: object = json.loads(body) if body else None
    except ValueError:
        return None
    return parsed


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body") or len(body) > MAX_BODY:
            return body


def _replay(body: bytes) -> Receive:
    messages: list[Mapping[str, object]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return dict(messages.pop())
        await asyncio.sleep(HANG_SECONDS)
        return {"type": "http.disconnect"}

    return receive
