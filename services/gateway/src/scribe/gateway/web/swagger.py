"""`GET /docs`: Swagger UI over the OpenAPI document, from files of this package: nothing is fetched from elsewhere."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

PATH = "/docs"
FOLDER = Path(str(files("scribe.gateway.web") / "swagger_ui"))


def install(app: FastAPI) -> None:
    """Answer the page and what it loads."""
    app.add_route(PATH, _page, methods=["GET"], include_in_schema=False)
    app.mount(PATH, StaticFiles(directory=FOLDER))


async def _page(_request: Request) -> FileResponse:
    return FileResponse(FOLDER / "index.html")
