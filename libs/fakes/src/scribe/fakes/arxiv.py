"""arXiv's Atom API. The real feed of one real author; a few invented records; its own ways of saying no."""

import re
from importlib.resources import files
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scribe.fakes.people import KNOWN, Person

_ID = re.compile(r"^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?$")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    '  <title type="html">ArXiv Query (stand-in)</title>\n  <id>http://arxiv.org/api/standin</id>\n'
    "  <updated>2024-05-04T00:00:00-04:00</updated>\n"
)
_TOTAL = '  <opensearch:{0} xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{1}</opensearch:{0}>\n'
_AUTHORS = {"miriam okafor": False, "jonas lindqvist": True, "hana sato": True, "peter van der berg": True}
"""Who is invented and has records: historians do not publish on arXiv."""


def arxiv() -> Starlette:
    """The API."""
    real = (files("scribe.fakes") / "data" / "arxiv-au-del-maestro.xml").read_text("utf-8")

    async def query(request: Request) -> Response:
        ids = [i for i in request.query_params.get("id_list", "").split(",") if i]
        if malformed := next((i for i in ids if not _ID.match(i)), None):
            return _feed([_error_entry(malformed)], 1)
        wanted = request.query_params.get("search_query", "").casefold()
        if "maestro" in wanted:
            return _atom(real)
        for person in KNOWN:
            if person.name.split()[-1].casefold() in wanted and _AUTHORS.get(person.name.casefold()):
                entries = [_entry(person, number) for number in (1, 2, 3)]
                return _feed(entries, len(entries))
        return _feed([], 0)

    return Starlette(routes=[Route("/api/query", query)])


def _feed(entries: list[str], total: int) -> Response:
    counts = "".join(
        _TOTAL.format(name, value) for name, value in (("totalResults", total), ("startIndex", 0), ("itemsPerPage", 50))
    )
    return _atom(f"{_HEAD}{counts}{''.join(entries)}</feed>\n")


def _atom(text: str) -> Response:
    return Response(text, media_type="application/atom+xml")


def _entry(person: Person, number: int) -> str:
    title = f"On {person.field}, part {number}: a study with invented data"
    number_id = f"240{number}.0{1000 + number}v1"
    return (
        f"  <entry>\n    <id>http://arxiv.org/abs/{number_id}</id>\n"
        f"    <updated>2024-0{number}-01T00:00:00Z</updated>\n"
        f"    <published>2024-0{number}-01T00:00:00Z</published>\n    <title>{escape(title)}</title>\n"
        f"    <summary>{escape(person.sentences[0])} This record is invented.</summary>\n"
        f"    <author><name>{escape(person.name)}</name></author>\n"
        f'    <link href="http://arxiv.org/abs/{number_id}" rel="alternate" type="text/html"/>\n  </entry>\n'
    )


def _error_entry(malformed: str) -> str:
    text = f"incorrect id format for {escape(malformed)}"
    return (
        f"  <entry>\n    <id>http://arxiv.org/api/errors#incorrect_id_format_for_{escape(malformed)}</id>\n"
        f"    <title>Error</title>\n    <summary>{text}</summary>\n    <updated>2024-05-04T00:00:00-04:00</updated>\n"
        "    <author><name>arXiv api core</name></author>\n  </entry>\n"
    )
