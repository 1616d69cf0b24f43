"""Pages ranked: the person's own and the institution's first, each once."""

import pytest

from scribe.scraper.exa import Citation
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.sources import MAX_SOURCES, Page, as_source, names_its_owner, pages_of, ranked

ADA = NameMatcher.named("Dr. Ada Example")
TEXT = "Ada Example studies superfluid helium at Nowhere College. " * 5


def order(*pages: Page) -> list[str]:
    """The URLs in their rank."""
    return [page.url for page in ranked(pages, ADA, "superfluid helium")]


def test_the_persons_own_page_comes_first_then_the_institutions_then_others() -> None:
    own = Page("https://physics.nowhere.edu/people/ada-example", text=TEXT + "1")
    school = Page("https://physics.nowhere.edu/news/42", text=TEXT + "2")
    paper = Page("https://news.test/42", text=TEXT + "3")
    network = Page("https://www.linkedin.com/in/whoever", text=TEXT + "4")
    assert order(network, paper, school, own) == [own.url, school.url, paper.url, network.url]


def test_a_page_that_does_not_name_the_person_comes_last() -> None:
    other = Page("https://a.example/", text="A page about something else entirely. " * 10)
    about = Page("https://b.example/", text=TEXT)
    assert order(other, about) == [about.url, other.url]


def test_equals_keep_their_order() -> None:
    pages = [Page(f"https://{n}.example/", text=TEXT + str(n)) for n in range(5)]
    assert order(*pages) == [page.url for page in pages]


def test_there_is_a_limit() -> None:
    assert len(order(*(Page(f"https://{n}.example/", text=TEXT + str(n)) for n in range(40)))) == MAX_SOURCES


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://adaexample.org/", True),
        ("https://nowhere.edu/~example/", True),
        ("https://nowhere.edu/people/ada_example.html", True),
        ("https://example.github.io/", True),
        ("https://nowhere.edu/examples/", False),
        ("https://nowhere.edu/", False),
    ],
)
def test_an_own_page_has_the_name_in_its_address(url: str, *, owner: bool) -> None:
    assert names_its_owner(url, ADA) is owner


def test_a_page_cited_twice_is_one_with_the_longer_text() -> None:
    cited = [
        Citation(url="https://www.a.example/x/", title="T"),
        Citation(url="https://a.example/x", text="text"),
        Citation(url="https://a.example/x?page=2", text="other"),
    ]
    pages = pages_of(cited)
    assert [(page.title, page.text) for page in pages] == [("T", "text"), ("", "other")]


@pytest.mark.parametrize("url", ["", "ftp://a.example/", "javascript:alert(1)", "not a url", "https://", "http://[::1"])
def test_what_is_no_web_page_is_left_out(url: str) -> None:
    assert pages_of([Citation(url=url)]) == []


def test_a_source_says_who_read_it() -> None:
    source = as_source(2, Page("https://a.example/", "T", "raw", origin="page"), "clean")
    assert (source.id, source.origin, source.text) == ("S2", "page", "clean")
