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


class FileStore:
    """The files of all buckets, by `bucket/path`, and the requests to them. Every bucket exists, and is public."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}

    async def upload(self, request: Request) -> Response:
        """Keep a file; one that exists is replaced only where the request says so."""
        path = request.path_params["path"]
        if path in self._files and request.method == "POST" and request.headers.get("x-upsert") != "true":
            return _error(409, "Duplicate", "The resource already exists")
        file = await _uploaded(request)
        if len(file.content) > MAX_BYTES or len(self._files) >= MAX_FILES:
            return _error(413, "Payload too large", "The object exceeded the maximum allowed size")
        self._files[path] = file
        return JSONResponse({"Id": file.id, "Key": path})

    async def read(self, request: Request) -> Response:
        """The content of a file."""
        file = self._files.get(request.path_params["path"])
        if file is None:
            return _error(404, "not_found", "Object not found")
        return Response(file.content, media_type=file.media_type)

    async def list_bucket(self, request: Request) -> Response:
        """The names and ids of a bucket's files."""
        bucket = request.path_params["bucket"]
        names = sorted(path.partition("/")[2] for path in self._files if path.startswith(f"{bucket}/"))
        return JSONResponse([{"name": name, "id": self._files[f"{bucket}/{name}"].id} for name in names])

    async def remove(self, request: Request) -> Response:
        """Remove files of a bucket; the answer names those that there were."""
        bucket = request.path_params["bucket"]
        names = (await request.json()).get("prefixes", [])
        removed = [name for name in names if self._files.pop(f"{bucket}/{name}", None) is not None]
        return JSONResponse([{"name": name, "bucket_id": bucket} for name in removed])


def storage() -> Starlette:
    """The API, on a store of its own."""
    store = FileStore()
    return Starlette(
        routes=[
            Route("/object/public/{path:path}", store.read),
            Route("/object/list/{bucket}", store.list_bucket, methods=["POST"]),
            Route("/object/{bucket}", store.remove, methods=["DELETE"]),
            Route("/object/{path:path}", store.upload, methods=["POST", "PUT"]),
            Route("/object/{path:path}", store.read),
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
