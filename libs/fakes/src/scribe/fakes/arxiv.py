"""arXiv's Atom API: queries, result pages and arXiv's own forms of errors."""

import re
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scribe.fakes.arxiv_records import FakeRecords

_ID = re.compile(r"^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?$")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    '  <title type="html">ArXiv Query (stand-in)</title>\n  <id>http://arxiv.org/api/standin</id>\n'
    "  <updated>2024-05-04T00:00:00-04:00</updated>\n"
)
_TOTAL = '  <opensearch:{0} xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{1}</opensearch:{0}>\n'
MAX_ADDRESS = 8_000
MAX_RESULTS = 2_000


def arxiv(records: FakeRecords) -> Starlette:
    """The API over these records."""

    async def query(request: Request) -> Response:
        if len(str(request.url)) > MAX_ADDRESS:
            return PlainTextResponse("URI Too Long", 414)
        ids = [i for i in request.query_params.get("id_list", "").split(",") if i]
        if malformed := next((i for i in ids if not _ID.match(i)), None):
            return _error(f"incorrect id format for {malformed}")
        try:
            start = int(request.query_params.get("start", "0"))
            size = int(request.query_params.get("max_results", "10"))
            found = records.find(request.query_params.get("search_query", ""))
        except ValueError:
            return _error("the query could not be read")
        if size > MAX_RESULTS:
            return PlainTextResponse("max_results is limited to 2000", 400)
        return _feed(found[start : start + size], len(found), start)

    return Starlette(routes=[Route("/api/query", query)])


def _feed(entries: list[str], total: int, start: int = 0) -> Response:
    counted = (("totalResults", total), ("startIndex", start), ("itemsPerPage", len(entries)))
    counts = "".join(_TOTAL.format(name, value) for name, value in counted)
    return Response(f"{_HEAD}{counts}{''.join(entries)}</feed>\n", media_type="application/atom+xml")


def _error(what: str) -> Response:
    reason = escape(what)
    entry = (
        f"  <entry>\n    <id>http://arxiv.org/api/errors#{reason.replace(' ', '_')}</id>\n"
        f"    <title>Error</title>\n    <summary>{reason}</summary>\n    <updated>2024-05-04T00:00:00-04:00</updated>\n"
        "    <author><name>arXiv api core</name></author>\n  </entry>\n"
    )
    return _feed([entry], 1)
