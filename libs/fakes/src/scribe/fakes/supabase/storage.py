"""Supabase Storage: files are uploaded, read by their public URL, listed and removed. They are kept in memory."""

from dataclasses import dataclass, field
from uuid import uuid4

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MAX_FILES = 200
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file and its media type."""

    content: bytes
    media_type: str
    id: str = field(default_factory=lambda: str(uuid4()))


def storage() -> Starlette:
    """The API. Every bucket exists, and is public."""
    files: dict[str, StoredFile] = {}

    async def upload(request: Request) -> Response:
        path = request.path_params["path"]
        if path in files and request.method == "POST" and request.headers.get("x-upsert") != "true":
            return _error(409, "Duplicate", "The resource already exists")
        file = await _uploaded(request)
        if len(file.content) > MAX_BYTES or len(files) >= MAX_FILES:
            return _error(413, "Payload too large", "The object exceeded the maximum allowed size")
        files[path] = file
        return JSONResponse({"Id": file.id, "Key": path})

    async def read(request: Request) -> Response:
        file = files.get(request.path_params["path"])
        if file is None:
            return _error(404, "not_found", "Object not found")
        return Response(file.content, media_type=file.media_type)

    async def listed(request: Request) -> Response:
        bucket = request.path_params["bucket"]
        names = sorted(path.partition("/")[2] for path in files if path.startswith(f"{bucket}/"))
        return JSONResponse([{"name": name, "id": files[f"{bucket}/{name}"].id} for name in names])

    async def remove(request: Request) -> Response:
        bucket = request.path_params["bucket"]
        names = (await request.json()).get("prefixes", [])
        gone = [name for name in names if files.pop(f"{bucket}/{name}", None) is not None]
        return JSONResponse([{"name": name, "bucket_id": bucket} for name in gone])

    return Starlette(
        routes=[
            Route("/object/public/{path:path}", read),
            Route("/object/list/{bucket}", listed, methods=["POST"]),
            Route("/object/{bucket}", remove, methods=["DELETE"]),
            Route("/object/{path:path}", upload, methods=["POST", "PUT"]),
            Route("/object/{path:path}", read),
        ]
    )


async def _uploaded(request: Request) -> StoredFile:
    """From a form, as browsers send files, or from the body as it is."""
    media_type = request.headers.get("content-type", "application/octet-stream")
    if not media_type.startswith("multipart/form-data"):
        return StoredFile(await request.body(), media_type)
    form = await request.form(max_part_size=MAX_BYTES)
    for part in form.values():
        if isinstance(part, UploadFile):
            return StoredFile(await part.read(), part.content_type or "application/octet-stream")
    return StoredFile(b"", "application/octet-stream")


def _error(status: int, name: str, message: str) -> Response:
    return JSONResponse({"statusCode": str(status), "error": name, "message": message}, status)
