"""What the pod `client` runs; it answers in JSON.

`submit EMAIL COUNT [NAME]` gives the tasks and the user's token, `items TOKEN` the list of items. `poll TOKEN SECONDS`
asks for the list again and again, eight at once. `status TOKEN` is the status of the answer to who the user is.
`control JSON` and `control reset` tell the stand-ins how to behave, `struck` says how many calls met a fault.
`visit TOKEN` gives the status of `/metrics`, and the first event of the stream.
The gateway is known by its Service, or by the variables `GATEWAY` and `HOST`; pods behind it may come and go.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx

GATEWAY = os.environ.get("GATEWAY", "http://scribe")
HOST = os.environ.get("HOST", "scribe")
WORLD = "http://scribe-dev-fakes:8090"
TEMPLATE = "Dear {{name}},\n\nI read {{paper}} and {{detail}}. Could we talk about {{topic}}?\n\nKind regards"
PATIENCE, TIMEOUT = 120.0, 20.0


def patiently(call: Callable[[], httpx.Response]) -> Any:  # noqa: ANN401 - JSON
    """Repeat a call while no pod answers it."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            response = call()
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
        else:
            if response.status_code < 500 or time.monotonic() > end:
                return response.raise_for_status().json() if response.content else None
        time.sleep(0.5)


def poll(token: str, seconds: str) -> int:
    """Ask for the list of items for some seconds; gives the number of answers."""
    end, headers = time.monotonic() + float(seconds), {"Authorization": f"Bearer {token}"}

    def repeat(_number: int) -> int:
        answers = 0
        with httpx.Client(base_url=GATEWAY, timeout=TIMEOUT, headers=headers) as gateway:
            while time.monotonic() < end:
                answers += gateway.get("/api/queue/").is_success
        return answers

    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(repeat, range(8)))


def control(fault: str) -> object:
    """Put a fault of the stand-ins into force, or end all."""
    if fault == "reset":
        return patiently(lambda: httpx.delete(f"{WORLD}/_control", timeout=TIMEOUT))
    return patiently(lambda: httpx.post(f"{WORLD}/_control", json=json.loads(fault), timeout=TIMEOUT))


def submit(gateway: httpx.Client, email: str, count: str, name: str = "Ada Example") -> object:
    """Submit tasks in one request, as a user of this address."""
    address = f"{WORLD}/supabase/auth/v1/token"
    issued = patiently(lambda: httpx.post(address, json={"email": email}, timeout=TIMEOUT))
    gateway.headers["Authorization"] = f"Bearer {issued['access_token']}"
    patiently(lambda: gateway.post("/api/user/init"))
    people = [{"recipient_name": name, "recipient_interest": f"quantum fluids {n}"} for n in range(int(count))]
    gateway.headers["Idempotency-Key"] = uuid4().hex
    accepted = patiently(lambda: gateway.post("/api/queue/batch", json={"items": people, "email_template": TEMPLATE}))
    return {"tasks": accepted["queue_item_ids"], "token": issued["access_token"]}


def ask(gateway: httpx.Client, path: str, token: str) -> httpx.Response:
    """One GET as a user."""
    return gateway.get(path, headers={"Authorization": f"Bearer {token}"})


def visit(gateway: httpx.Client, token: str) -> object:
    """What comes through beside requests for JSON."""
    with gateway.stream("GET", "/api/queue/events", headers={"Authorization": f"Bearer {token}"}) as stream:
        line = next(line for line in stream.iter_lines() if line.startswith("data:"))
    return {"metrics": gateway.get("/metrics").status_code, "event": json.loads(line.removeprefix("data:"))}


def main(command: str, *arguments: str) -> object:
    """Carry one command out."""
    with httpx.Client(base_url=GATEWAY, timeout=TIMEOUT, headers={"Host": HOST}) as gateway:
        match command:
            case "control":
                return control(*arguments)
            case "struck":
                return patiently(lambda: httpx.delete(f"{WORLD}/_faults", timeout=TIMEOUT))
            case "poll":
                return poll(*arguments)
            case "items":
                return patiently(lambda: ask(gateway, "/api/queue/", *arguments))
            case "visit":
                return visit(gateway, *arguments)
            case "status":
                return ask(gateway, "/api/user", *arguments).status_code
            case _:
                return submit(gateway, *arguments)


print(json.dumps(main(*sys.argv[1:])))  # noqa: T201 - the answer
