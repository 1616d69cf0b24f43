"""PDFs of all kinds, made by hand."""

from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

LATIN = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
IDENTITY = {"/Type": "/Font", "/Subtype": "/Type0", "/BaseFont": "/Fancy", "/Encoding": "/Identity-H"}
SAYS = b"(I study the Ising model.) Tj"
GLYPHS = b"<002B0048004F004F00520003003A0052> Tj"


def pdf(
    *shown: tuple[dict[str, str], bytes],
    differences: tuple[str, ...] = (),
    user_password: str = "",
    owner_password: str = "",
    algorithm: str = "AES-256",
) -> bytes:
    """A PDF with a page for each font and what is shown in it, encrypted where there is a password."""
    writer, content = PdfWriter(), BytesIO()
    for font, operators in shown:
        page = writer.add_blank_page(600, 800)
        entries = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
        if font["/Subtype"] == "/Type0":
            entries[NameObject("/DescendantFonts")] = ArrayObject([writer._add_object(_descendant())])
        if differences:
            names = [NumberObject(1), *map(NameObject, differences)]
            encoding = DictionaryObject({NameObject("/Differences"): ArrayObject(names)})
            entries[NameObject("/Encoding")] = encoding
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(entries)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(b"BT /F1 12 Tf 72 700 Td " + operators + b" ET")
        page[NameObject("/Contents")] = writer._add_object(stream)
    if user_password or owner_password:
        writer.encrypt(user_password, owner_password or None, algorithm=algorithm)
    writer.write(content)
    return content.getvalue()


def _descendant() -> DictionaryObject:
    entries = {"/Type": "/Font", "/Subtype": "/CIDFontType2", "/BaseFont": "/Fancy"}
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in entries.items()})
