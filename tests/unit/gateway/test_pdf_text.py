"""Why a PDF has no text is told apart: a password, pictures only, glyphs that are no characters, none at all."""

import pytest

from scribe.gateway.template_writer.pdf_result import Result
from scribe.gateway.template_writer.pdf_text import text_of
from tests.support.pdfs import GLYPHS, IDENTITY, LATIN, SAYS, pdf


def test_text_is_read() -> None:
    assert text_of(pdf((LATIN, SAYS))) == (Result.TEXT, "I study the Ising model.")


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_only_its_owner_may_change_opens(algorithm: str) -> None:
    content = pdf((LATIN, SAYS), user_password="", owner_password="secret", algorithm=algorithm)
    assert text_of(content) == (Result.TEXT, "I study the Ising model.")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_that_needs_a_password_says_so(algorithm: str) -> None:
    assert text_of(pdf((LATIN, SAYS), user_password="secret", algorithm=algorithm)) == (Result.NEEDS_PASSWORD, "")


def test_a_pdf_without_a_text_layer_says_so() -> None:
    assert text_of(pdf((LATIN, b""))) == (Result.NO_TEXT, "")


@pytest.mark.parametrize("differences", [(), ("/g1", "/g2", "/g3")])
def test_glyphs_without_characters_say_so(differences: tuple[str, ...]) -> None:
    font, shown = (LATIN, b"(\x01\x02\x03) Tj") if differences else (IDENTITY, GLYPHS)
    assert text_of(pdf((font, shown), differences=differences)) == (Result.NO_CHARACTERS, "")


def test_some_glyphs_without_characters_leave_the_rest() -> None:
    result, text = text_of(pdf((LATIN, SAYS), (IDENTITY, b"<002B> Tj")))
    assert result is Result.TEXT
    assert text.startswith("I study the Ising model.")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"0" * 1000])
def test_what_is_no_pdf_says_so(content: bytes) -> None:
    assert text_of(content) == (Result.UNREADABLE, "")
