"""No links that nobody gave, no copied passages, no machine's phrases."""

import pytest

from scribe.composer.checks.contact import contacts_of
from scribe.composer.checks.links import links_of
from scribe.composer.checks.style import runs
from tests.support.writing import ABSTRACT, GOOD, SAYING, SOURCE, TEMPLATE, found_in


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x",
        "http://10.0.0.1/",
        "www.evil.example",
        "evil.com",
        "evil-site.co/path",
        "evil[.]com",
        "evil (dot) com",
        "evil dot com",
        "hxxps://evil.example",
        "bob@evil.example",
        "[click](https://evil.example)",
        "javascript:alert(1)",
        "name.finance",
        "evil\u3002example",
        "evil\uff0eexample",
        "evil.com.Then",
        "e\u200bvil.example",
        "EVIL.COM",
        "t.me/someone",
    ],
)
def test_a_link_that_the_template_does_not_have_is_named(link: str) -> None:
    assert "holds_foreign_links" in found_in(GOOD.replace(SAYING, f"{SAYING} See {link} now."))


@pytest.mark.parametrize(
    "contact",
    [
        "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "SGVsbG8gV29ybGQsIHRoaXMgaXMgYmFzZTY0",
        "+49 30 1234567",
        "030/12345678",
        "12345678",
        "(555) 123-4567 89",
        "@somebody",
        "Telegram: somebody",
        "WhatsApp id: abc",
        "\uff37\uff45\uff23\uff48\uff41\uff54\uff1aabcdef",
    ],
)
def test_contact_data_that_the_template_does_not_have_is_named(contact: str) -> None:
    assert "holds_contact_data" in found_in(GOOD.replace(SAYING, f"{SAYING} Ask {contact} now."))


@pytest.mark.parametrize(
    "text",
    [
        *("from 1918-1939", "1918–1939", "on 12.11.2025", "31,000 pages", "1,800,000 verses", "2.7 million", "5 mm"),
        *("a signal at 10dB", "Rechtsschutzversicherungsgesellschaften", "we study WhatsApp in 2019", "10.000 Seiten"),
    ],
)
def test_years_amounts_and_long_words_are_no_contact_data(text: str) -> None:
    assert contacts_of(text) == []


def test_the_senders_own_number_may_stay() -> None:
    template = TEMPLATE.replace("Kind regards", "Call me: 030/12345678.\n\nKind regards")
    body = GOOD.replace("Kind regards", "Call me: 030/12345678.\n\nKind regards")
    assert found_in(body, email_template=template) == set()


@pytest.mark.parametrize(
    "text", ["A.Del Maestro", "J.Ma", "in Node.js", "M.Sc. students", "et.al.", "U.S. law", "Ph.D. work", "z.B. das"]
)
def test_dotted_words_that_are_no_hosts_are_no_links(text: str) -> None:
    assert links_of(text) == []


@pytest.mark.parametrize("text", ["e.g. this", "i.e. that", "at 5 p.m. today", "Dr. Smith", "a 3.5 eV gap", "vs. them"])
def test_abbreviations_and_numbers_are_no_links(text: str) -> None:
    assert links_of(text) == []


def test_the_templates_own_link_may_stay() -> None:
    template = TEMPLATE.replace("Kind regards", "My page is https://jo.example/me.\n\nKind regards")
    body = GOOD.replace("Kind regards", "My page is https://jo.example/me.\n\nKind regards")
    assert found_in(body, email_template=template) == set()


def test_the_page_of_a_source_is_no_reason_for_a_link() -> None:
    assert "holds_foreign_links" in found_in(GOOD.replace(SAYING, f"{SAYING} See {SOURCE.url}."))


def test_the_address_of_a_paper_that_was_found_may_stand() -> None:
    found = found_in(GOOD.replace(SAYING, f"{SAYING} See http://arxiv.org/abs/1710.00001."))
    assert "holds_foreign_links" not in found


def test_twelve_words_of_an_abstract_are_named() -> None:
    copied = " ".join(ABSTRACT.split()[2:14])
    assert "copies_a_source" in found_in(GOOD.replace(SAYING, f"You measure {copied} there."))


def test_eleven_words_of_an_abstract_pass() -> None:
    copied = " ".join(ABSTRACT.split()[2:13])
    assert "copies_a_source" not in found_in(GOOD.replace(SAYING, f"You looked at {copied}."))


def test_a_passage_of_a_page_is_named_whatever_its_case_and_punctuation() -> None:
    copied = " ".join(SOURCE.text.split()[3:18]).upper().replace(",", ";")
    assert "copies_a_source" in found_in(GOOD.replace(SAYING, copied))


def test_a_title_of_twelve_words_is_no_copy() -> None:
    title = "Sweet Taste of Liberty: A True Story of Slavery and Restitution in America Today"
    page = SOURCE.model_copy(update={"text": f"She is the author of {title}, a book."})
    for saying in (f"I read {title} in May.", f"I read “{title.lower()}” in May."):
        assert "copies_a_source" not in found_in(
            GOOD.replace(SAYING, saying), research={"sources": (page,), "facts": ()}
        )


def test_a_title_with_the_words_around_it_is_no_copy() -> None:
    title = "Morphological and RAPD analysis of hybridization between Quercus affinis and Q. laurina (Fagaceae)"
    page = SOURCE.model_copy(update={"text": f'In "{title}" she found hybrids.'})
    saying = f'In "{title}" you found hybrids.'
    assert "copies_a_source" not in found_in(GOOD.replace(SAYING, saying), research={"sources": (page,), "facts": ()})


def test_a_passage_beside_a_title_is_named() -> None:
    title = "Morphological and RAPD analysis of hybridization"
    copied = "she measured the leaves of three thousand trees at the edge of the forest every spring"
    page = SOURCE.model_copy(update={"text": f'In "{title}" {copied}.'})
    saying = f'In "{title}" {copied}.'
    assert "copies_a_source" in found_in(GOOD.replace(SAYING, saying), research={"sources": (page,), "facts": ()})


def test_the_senders_own_words_are_not_copied() -> None:
    page = SOURCE.model_copy(update={"text": TEMPLATE})
    assert found_in(GOOD, research={"sources": (page,), "facts": ()}) == set()


def test_runs_are_of_words() -> None:
    assert runs("a b, c", 2) == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize(
    "tell", ["I hope this email finds you well.", "Your work resonates — truly.", "I delve into it."]
)
def test_a_machines_phrase_is_named(tell: str) -> None:
    assert "sounds_like_a_machine" in found_in(GOOD.replace(SAYING, tell))


def test_a_phrase_that_the_template_has_is_the_senders() -> None:
    template = TEMPLATE.replace("I would love", "I hope this email finds you well. I would love")
    body = GOOD.replace("I would love", "I hope this email finds you well. I would love")
    assert found_in(body, email_template=template) == set()
