"""`python -m scribe.gateway.template_writer.pdf_text`: a PDF on stdin, its text on stdout.

It runs as a process of its own, with little memory and processor time, because a PDF is a stranger's program: whoever
started it may kill it. Its exit code is a `Result`.
"""

import io
import resource
import sys
from collections.abc import Iterator, Mapping

from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

from scribe.gateway.template_writer.pdf_result import MAX_PAGES, Result

MAX_CHARACTERS = 20_000
MEMORY = 256 * 1024 * 1024
"""Bytes of address space; 10 MB of 20 dense pages take a third of it."""
PROCESSOR_SECONDS = 10
MIN_READABLE = 0.5
"""Share of the characters whose font tells what they are."""


def limit_resources() -> None:
    """Limit this process to the memory, CPU time and files that it needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text_of(content: bytes) -> tuple[Result, str]:
    """What came of a PDF, and its text where it has any."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        # An empty password opens what only an owner's password protects: such a file shows its text to everybody.
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            return Result.NEEDS_PASSWORD, ""
        if len(reader.pages) > MAX_PAGES:
            return Result.TOO_MANY_PAGES, ""
        return _read(reader)
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        MemoryError,
        OSError,
    ):
        return Result.UNREADABLE, ""


def _read(reader: PdfReader) -> tuple[Result, str]:
    readable = unreadable = 0

    def count(text: str, _cm: object, _tm: object, font: DictionaryObject | None, _size: object) -> None:
        nonlocal readable, unreadable
        visible = len(text.strip())
        if font is not None and not tells_characters(font):
            unreadable += visible
        else:
            readable += visible

    text = "\n".join(page.extract_text(visitor_text=count) for page in reader.pages)
    if not text.strip():
        return (Result.NO_TEXT if all(map(tells_characters, _fonts(reader))) else Result.NO_CHARACTERS), ""
    cleaned = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    cleaned = cleaned.encode("utf-8", "ignore").decode().replace("\x00", "")
    if unreadable and readable < MIN_READABLE * (readable + unreadable):
        return Result.NO_CHARACTERS, ""
    return (Result.TEXT, cleaned[:MAX_CHARACTERS]) if cleaned.strip() else (Result.NO_TEXT, "")


def _fonts(reader: PdfReader) -> Iterator[DictionaryObject]:
    for page in reader.pages:
        resources = _resolved(page.get("/Resources"))
        fonts = _resolved(resources.get("/Font")) if isinstance(resources, DictionaryObject) else None
        found = map(_resolved, fonts.values()) if isinstance(fonts, DictionaryObject) else ()
        yield from (font for font in found if isinstance(font, DictionaryObject))


def tells_characters(font: Mapping[str, object]) -> bool:
    """Whether a font says which characters its glyphs are: by a ToUnicode map, or by an encoding with known names."""
    if "/ToUnicode" in font:
        return True
    if font.get("/Subtype") in ("/Type0", "/Type3"):
        return False
    encoding = _resolved(font.get("/Encoding"))
    listed = _resolved(encoding.get("/Differences")) if isinstance(encoding, Mapping) else None
    names = [str(name)[1:] for name in listed if str(name).startswith("/")] if isinstance(listed, list) else []
    return not names or sum(map(_is_numbered, names)) * 2 <= len(names)


def _resolved(value: object) -> object:
    return value.get_object() if hasattr(value, "get_object") else value


def _is_numbered(name: str) -> bool:
    """`g12`, `cid34`, `glyph5`: the name of a glyph that only counts."""
    letters = name.rstrip("0123456789")
    return letters != name and letters.lower() in ("g", "c", "a", "cid", "gid", "glyph", "index", "char")


def main() -> int:
    """Read, write, and say how it went."""
    limit_resources()
    code, text = text_of(sys.stdin.buffer.read())
    sys.stdout.buffer.write(text.encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
