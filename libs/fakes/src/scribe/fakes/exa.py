"""Exa's `/answer`, `/search` and `/contents`, as exa-py reads them."""

import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scribe.fakes.people import KNOWN, Person, find_in, made_up

ALWAYS_READ = "del-maestro"
_SUBJECT = re.compile(
    r"^Who is (?P<name>.+?) \((?P<interest>.+?)\)\?|(?:of|has) (?P<name2>.+?) "
    r"(?:on|written, in particular on|done, published or said recently, in particular on) "
    r"(?P<interest2>.+?)(?:,? and what| matter|\?|$)"
)


def subject_of(question: str) -> tuple[str, str]:
    """The name and the interest that a question is about; the whole question where it is not one of ours."""
    found = _SUBJECT.search(question)
    if found is None:
        return question.strip()[:80], "their subject"
    return found["name"] or found["name2"], found["interest"] or found["interest2"]


def exa(web_url: str) -> Starlette:
    """The API; pages that it cites are at `web_url`."""

    async def answer(request: Request) -> JSONResponse:
        return _answered(await request.json(), web_url)

    async def search(request: Request) -> JSONResponse:
        return _found(await request.json(), web_url)

    async def contents(request: Request) -> JSONResponse:
        return _contents(await request.json())

    return Starlette(
        routes=[
            Route("/answer", answer, methods=["POST"]),
            Route("/search", search, methods=["POST"]),
            Route("/contents", contents, methods=["POST"]),
        ]
    )


def _answered(body: dict[str, object], web_url: str) -> JSONResponse:
    question = str(body.get("query", ""))
    name, interest = subject_of(question)
    if _is_unknown(name):
        return _answer(question, "No information was found.", [])
    person = find_in(question) or made_up(name, interest)
    citations = _background(person, web_url) if question.startswith("Who is") else _publications(person, web_url)
    if not body.get("text"):
        citations = [{**citation, "text": None} for citation in citations]
    return _answer(question, " ".join(person.sentences[:3]), citations)


def _found(body: dict[str, object], web_url: str) -> JSONResponse:
    name, interest = subject_of(str(body.get("query", "")))
    person = find_in(name) or made_up(name, interest)
    results = [] if _is_unknown(name) else _background(person, web_url)
    return JSONResponse({"requestId": "standin_search", "results": results, "costDollars": {"total": 0.005}})


def _contents(body: dict[str, list[object]]) -> JSONResponse:
    urls = [str(url) for url in body.get("urls", body.get("ids", []))]
    results = [{"id": url, "url": url, "title": "stand-in page", "text": "A page of a stand-in."} for url in urls]
    return JSONResponse({"requestId": "standin_contents", "results": results, "costDollars": {"total": 0.001}})


def _is_unknown(name: str) -> bool:
    """Whether nothing is to be found about this person: a name with `nobody` in it."""
    return "nobody" in name.casefold()


def _answer(question: str, text: str, citations: list[dict[str, object]]) -> JSONResponse:
    return JSONResponse(
        {
            "requestId": f"standin_{abs(hash(question)):x}",
            "answer": text,
            "citations": citations,
            "costDollars": {"total": 0.005, "search": {"neural": 0.005}},
        }
    )


def _background(person: Person, web_url: str) -> list[dict[str, object]]:
    """A profile and a group's page. Of the known persons' groups Exa has no text, so that a browser must read them; but
    for one, with whom a machine without a browser shows everything.
    """
    profile = f"{person.name} – {person.institution}. " + " ".join(person.sentences[:3])
    group = None if person in KNOWN and person.slug != ALWAYS_READ else f"Our group. {' '.join(person.sentences)}"
    return [
        _citation(f"{web_url}/people/{person.slug}", f"{person.name} | {person.institution}", profile),
        _citation(f"{web_url}/people/{person.slug}/lab", f"Group of {person.name}", group),
    ]


def _publications(person: Person, web_url: str) -> list[dict[str, object]]:
    text = f"News from {person.institution}. " + " ".join(person.sentences[1:])
    return [_citation(f"{web_url}/people/{person.slug}/news", f"News: {person.name}", text)]


def _citation(url: str, title: str, text: str | None) -> dict[str, object]:
    return {"id": url, "url": url, "title": title, "text": text, "author": None, "publishedDate": "2025-03-01"}
