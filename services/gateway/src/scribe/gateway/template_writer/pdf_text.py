"""`python -m scribe.gateway.template_writer.pdf_text`: a PDF on stdin, its text on stdout.

It runs as a process of its own, with little memory and processor time, because a PDF is a stranger's program: whoever
started it may kill it. Exit code 3: too many pages. 4: encrypted, or no PDF that can be read. 5: no text in it.
"""

import io
import resource
import sys

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MAX_PAGES = 20
MAX_CHARACTERS = 20_000
MEMORY = 256 * 1024 * 1024
"""Bytes of address space; 10 MB of 20 dense pages take a third of it."""
PROCESSOR_SECONDS = 10
TOO_MANY_PAGES, UNREADABLE, NO_TEXT = 3, 4, 5


def limit_resources() -> None:
    """Take away what this process has no need of."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text_of(content: bytes) -> tuple[int, str]:
    """An exit code, and the text where it is 0."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return UNREADABLE, ""
        if len(reader.pages) > MAX_PAGES:
            return TOO_MANY_PAGES, ""
        text = "\n".join(page.extract_text() for page in reader.pages)
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
        return UNREADABLE, ""
    cleaned = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    cleaned = cleaned.encode("utf-8", "ignore").decode().replace("\x00", "")
    return (0, cleaned[:MAX_CHARACTERS]) if cleaned.strip() else (NO_TEXT, "")


def main() -> int:
    """Read, write, and say how it went."""
    limit_resources()
    code, text = text_of(sys.stdin.buffer.read())
    sys.stdout.buffer.write(text.encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
