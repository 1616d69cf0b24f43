"""Anthropic's Messages API."""

import json
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scribe.fakes.model.answering import ModelAnswer, answer
from scribe.fakes.model.prompt import read_prompt

CHARACTERS_PER_TOKEN = 4


def anthropic() -> Starlette:
    """The API."""

    async def messages(request: Request) -> JSONResponse:
        if not (request.headers.get("x-api-key") or request.headers.get("authorization")):
            error = {"type": "authentication_error", "message": "an API key is required"}
            return JSONResponse({"type": "error", "error": error}, 401)
        body = await request.json()
        user = "\n".join(texts(message.get("content")) for message in body.get("messages", []))
        tools = body.get("tools") or []
        schema = tools[0].get("input_schema", {}) if tools else _native_schema(body)
        reply = answer(read_prompt(texts(body.get("system")), user), schema, request.state.behaviour)
        message = _message(body, reply, tools[0]["name"] if tools else None)
        return JSONResponse(message, headers={"request-id": f"req_standin_{uuid4().hex[:16]}"})

    return Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])


def texts(content: object) -> str:
    """The text of a message, given as a string or as blocks."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "\n".join(str(block.get("text", "")) for block in blocks if isinstance(block, dict))


def _message(body: dict[str, object], reply: ModelAnswer, tool: str | None) -> dict[str, object]:
    content = _content(reply, tool)
    return {
        "id": f"msg_standin_{uuid4().hex[:16]}",
        "type": "message",
        "role": "assistant",
        "model": body.get("model", "stand-in"),
        "content": content,
        "stop_reason": _stop_reason(reply, content),
        "stop_sequence": None,
        "usage": {
            "input_tokens": max(1, len(json.dumps(body)) // CHARACTERS_PER_TOKEN),
            "output_tokens": max(1, len(json.dumps(content)) // CHARACTERS_PER_TOKEN),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": "standard",
        },
    }


def _native_schema(body: dict[str, object]) -> dict[str, object]:
    config = body.get("output_config") or body.get("output_format") or {}
    found = config.get("format", config) if isinstance(config, dict) else {}
    schema = found.get("schema", {}) if isinstance(found, dict) else {}
    return schema if isinstance(schema, dict) else {}


def _content(reply: ModelAnswer, tool: str | None) -> list[dict[str, object]]:
    if reply.arguments is None:
        return [{"type": "text", "text": reply.text}] if reply.text else []
    if tool is None:
        return [{"type": "text", "text": json.dumps(reply.arguments)}]
    return [{"type": "tool_use", "id": f"toolu_standin_{uuid4().hex[:12]}", "name": tool, "input": reply.arguments}]


def _stop_reason(reply: ModelAnswer, content: list[dict[str, object]]) -> str:
    if reply.refused:
        return "refusal"
    return "tool_use" if any(block["type"] == "tool_use" for block in content) else "end_turn"
