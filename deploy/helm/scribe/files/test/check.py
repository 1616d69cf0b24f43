"""Sends one task through the pipeline and waits for its e-mail; without a user's token it only asks for health."""

import os
import sys
import time
from uuid import uuid4

import httpx

TASK = {
    "email_template": "Dear {{name}}, I read {{paper}} with interest. Could we talk about {{topic}}? Kind regards",
    "recipient_name": "Ada Lovelace",
    "recipient_interest": "analytical engines",
}


def token() -> str | None:
    """The token that was given, or one that the stand-ins make out."""
    if url := os.environ.get("TOKEN_URL"):
        answer = httpx.post(url, json={"email": f"helm-test-{uuid4().hex}@example.org"}, timeout=10).raise_for_status()
        return str(answer.json()["access_token"])
    return os.environ.get("TOKEN")


def check(gateway: httpx.Client, timeout: float) -> str:
    """The id of the e-mail that was written."""
    gateway.post("/api/user/init", json={}).raise_for_status()
    task = gateway.post("/api/email/generate", json=TASK).raise_for_status().json()["task_id"]
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        status = gateway.get(f"/api/email/status/{task}").raise_for_status().json()
        if status["status"] == "SUCCESS":
            gateway.get(f"/api/email/{status['result']['email_id']}").raise_for_status()
            return str(status["result"]["email_id"])
        if status["status"] == "FAILURE":
            sys.exit(f"task {task} failed: {status['error']}")
        time.sleep(1)
    sys.exit(f"task {task} was not done in {timeout:g} s: {status}")


def main() -> None:
    """Say what was found; the exit code says whether it is good."""
    with httpx.Client(base_url=os.environ["GATEWAY"], timeout=15) as gateway:
        print("health:", gateway.get("/health").raise_for_status().text)
        if (bearer := token()) is None:
            print("no user to act for: set test.tokenUrl or test.tokenSecret to send a task")
            return
        gateway.headers["Authorization"] = f"Bearer {bearer}"
        print("e-mail:", check(gateway, float(os.environ["TIMEOUT"])))


main()
