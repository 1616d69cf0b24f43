"""The stand-in for arXiv: its query language, its pages, its limits."""

import httpx
import pytest

from scribe.arxiv.client import ResultPage, page_of
from scribe.common.errors import PermanentError
from scribe.fakes.arxiv_records import FakeRecord
from scribe.fakes.server import Fakes


@pytest.fixture
def known(fakes: Fakes) -> Fakes:
    """Two more authors, one of whom wrote with the other."""
    fakes.papers.add(
        FakeRecord("2501.00001", "Graphs and trees", ("Ada Example", "Bo Sample"), "2025-01-01"),
        FakeRecord("2501.00002", "Trees alone", ("A. Example",), "2025-01-02", comment="withdrawn"),
        FakeRecord("2501.00003", "Lakes", ("Bo Sample",), "2025-01-03", affiliation="Northern University"),
    )
    return fakes


async def ask(fakes: Fakes, query: str, **params: str) -> ResultPage:
    """What arXiv answers."""
    async with httpx.AsyncClient(base_url=fakes.arxiv_url) as client:
        answer = await client.get("/api/query", params={"search_query": query, **params})
    return page_of(answer.raise_for_status().content)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ('au:"ada example"', ["Graphs and trees"]),
        ('au:"ada example" OR au:"a example"', ["Trees alone", "Graphs and trees"]),
        ('(au:"bo sample") AND (all:tree* OR all:river*)', ["Graphs and trees"]),
        ('((au:"bo sample") AND (all:lake*)) OR (au:"a example")', ["Lakes", "Trees alone"]),
        ('au:"example"', ["Trees alone", "Graphs and trees"]),
        ('au:"bo example"', []),
    ],
)
async def test_queries_join_and_narrow_authors(known: Fakes, query: str, titles: list[str]) -> None:
    page = await ask(known, query)
    assert [record.title for record in page.records] == titles
    assert page.total == len(titles)


async def test_a_list_comes_in_pages(known: Fakes) -> None:
    pages = [await ask(known, 'au:"bo sample"', start=str(start), max_results="1") for start in (0, 1)]
    assert [page.records[0].title for page in pages] == ["Lakes", "Graphs and trees"]
    assert [page.total for page in pages] == [2, 2]


@pytest.mark.parametrize("query", ['au:"ada', "(au:a", "au:a AND", "nonsense"])
async def test_a_malformed_query_is_refused_with_status_200(known: Fakes, query: str) -> None:
    with pytest.raises(PermanentError):
        await ask(known, query)


async def test_addresses_have_a_longest(known: Fakes) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="414"):
        await ask(known, " OR ".join(f'au:"author number {n}"' for n in range(400)))


async def test_whoever_asks_too_fast_is_refused_for_a_while(known: Fakes) -> None:
    known.controls.add(path="/arxiv/", rate=(1, 0.2), window=60.0)
    async with httpx.AsyncClient(base_url=known.arxiv_url) as client:
        statuses = [(await client.get("/api/query", params={"search_query": "au:a"})).status_code for _ in range(3)]
    assert statuses == [200, 429, 429]
