"""The controls by HTTP, for tests whose stand-ins are another process."""

from dataclasses import asdict

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scribe.fakes.controls import Controls, Fault


def control_routes(controls: Controls) -> list[Route]:
    """Routes that show and change what `controls` hold."""
    api = ControlApi(controls)
    return [
        Route("/_answered", api.answered),
        Route("/_faults", api.end_faults, methods=["DELETE"]),
        Route("/_control", api.control, methods=["GET", "POST", "DELETE"]),
        Route("/_calls", api.calls),
    ]


class ControlApi:
    """The requests to the controls."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    async def control(self, request: Request) -> JSONResponse:
        """Show the faults that are in force; POST adds one, DELETE forgets everything."""
        if request.method == "DELETE":
            self._controls.reset()
        elif request.method == "POST":
            try:
                self._controls.faults.append(Fault.model_validate(await request.json()))
            except (ValidationError, ValueError) as error:
                return JSONResponse({"error": str(error)}, 422)
        return JSONResponse([fault.model_dump(mode="json") for fault in self._controls.faults])

    async def calls(self, _request: Request) -> JSONResponse:
        """Every call that is remembered."""
        return JSONResponse([asdict(call) for call in self._controls.calls])

    async def answered(self, _request: Request) -> JSONResponse:
        """How often each request was answered, and how often so that no client can read it."""
        return JSONResponse({"answered": dict(self._controls.answered), "broken": dict(self._controls.broken)})

    async def end_faults(self, _request: Request) -> JSONResponse:
        """End every fault, and say how many calls met each since the last time."""
        struck = dict(self._controls.struck)
        self._controls.faults.clear()
        self._controls.struck.clear()
        return JSONResponse(struck)
