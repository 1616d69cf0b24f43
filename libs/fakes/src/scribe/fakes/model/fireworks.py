"""Fireworks' chat completions, which are OpenAI's."""

import json
import time
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scribe.fakes.model.answering import ModelAnswer, answer
from scribe.fakes.model.anthropic import CHARACTERS_PER_TOKEN, texts
from scribe.fakes.model.prompt import read_prompt


def fireworks() -> Starlette:
    """The API."""

    async def completions(request: Request) -> JSONResponse:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return JSONResponse({"error": {"message": "Unauthorized", "type": "invalid_request_error"}}, 401)
        body = await request.json()
        messages = body.get("messages", [])
        system = "\n".join(texts(m.get("content")) for m in messages if m.get("role") in ("system", "developer"))
        user = "\n".join(texts(m.get("content")) for m in messages if m.get("role") == "user")
        tools = body.get("tools") or []
        schema = tools[0]["function"].get("parameters", {}) if tools else _native_schema(body)
        reply = answer(read_prompt(system, user), schema, request.state.behaviour)
        message = _message(reply, tools[0]["function"]["name"] if tools else None)
        usage = None if request.state.behaviour == "unmetered" else _usage(body, message)
        return JSONResponse(_completion(body, message, usage))

    return Starlette(routes=[Route("/inference/v1/chat/completions", completions, methods=["POST"])])


def _completion(body: dict[str, object], message: dict[str, object], usage: dict[str, int] | None) -> dict[str, object]:
    finish_reason = "tool_calls" if message.get("tool_calls") else "stop"
    return {
        "id": f"standin_{uuid4().hex[:16]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body.get("model", "stand-in"),
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
        "usage": usage,
    }


def _usage(body: dict[str, object], message: dict[str, object]) -> dict[str, int]:
    spent = {
        "prompt_tokens": max(1, len(json.dumps(body)) // CHARACTERS_PER_TOKEN),
        "completion_tokens": max(1, len(json.dumps(message)) // CHARACTERS_PER_TOKEN),
    }
    return {**spent, "total_tokens": sum(spent.values())}


def _native_schema(body: dict[str, object]) -> dict[str, object]:
    wanted = body.get("response_format")
    schema = wanted.get("json_schema", {}).get("schema", {}) if isinstance(wanted, dict) else {}
    return schema if isinstance(schema, dict) else {}


def _message(reply: ModelAnswer, tool: str | None) -> dict[str, object]:
    if reply.arguments is None:
        return {"role": "assistant", "content": reply.text, "refusal": reply.text if reply.refused else None}
    if tool is None:
        return {"role": "assistant", "content": json.dumps(reply.arguments), "refusal": None}
    call = {"name": tool, "arguments": json.dumps(reply.arguments)}
    calls = [{"id": f"call_standin_{uuid4().hex[:12]}", "type": "function", "function": call}]
    return {"role": "assistant", "content": None, "refusal": None, "tool_calls": calls}
