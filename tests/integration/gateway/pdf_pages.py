"""A site of PDFs, most of which cannot be used."""

from io import BytesIO

from pypdf import PdfWriter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from scribe.fakes.web import web
from tests.support.pdfs import GLYPHS, IDENTITY, LATIN, SAYS, pdf


async def long_pdf(_request: Request) -> Response:
    writer, content = PdfWriter(), BytesIO()
    for _ in range(21):
        writer.add_blank_page(72, 72)
    writer.write(content)
    return Response(content.getvalue(), media_type="application/pdf")


async def blank_pdf(_request: Request) -> Response:
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(72, 72)
    writer.write(content)
    return Response(content.getvalue(), media_type="application/pdf")


async def owners_pdf(_request: Request) -> Response:
    return Response(pdf((LATIN, SAYS), user_password="", owner_password="o"), media_type="application/pdf")


async def locked_pdf(_request: Request) -> Response:
    return Response(pdf((LATIN, SAYS), user_password="u"), media_type="application/pdf")


async def glyphs_pdf(_request: Request) -> Response:
    return Response(pdf((IDENTITY, GLYPHS)), media_type="application/pdf")


async def big_pdf(_request: Request) -> Response:
    return Response(b"%PDF-1.7\n" + b"0" * (11 * 1024 * 1024), media_type="application/pdf")


async def to_metadata(_request: Request) -> Response:
    return RedirectResponse("http://169.254.169.254/latest/meta-data/")


PAGES = [
    Route("/long.pdf", long_pdf),
    Route("/blank.pdf", blank_pdf),
    Route("/owners.pdf", owners_pdf),
    Route("/locked.pdf", locked_pdf),
    Route("/glyphs.pdf", glyphs_pdf),
    Route("/big.pdf", big_pdf),
    Route("/to-metadata", to_metadata),
    Mount("/", web()),
]
