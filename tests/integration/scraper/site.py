"""A website for the browser tests: pages built by scripts, and pages that mean harm. It keeps what it was asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from scribe.common.process.health import serving

TEXT = "Ada Example is a professor of physics at Nowhere College, where she studies quantum fluids in small pores."
INSIDE = "INSIDE"
"""In a page: the address of a server on loopback that no page may reach."""

PAGES = {
    "plain": f"<main><h1>Ada</h1><p>{TEXT}</p></main>",
    "built": "<div id=a></div><script>fetch('/data').then(r => r.text()).then(t => {"
    "document.getElementById('a').innerHTML = '<article><p>' + t + '</p></article>'})</script>",
    "hidden": f"<main><p>{TEXT}</p><p style='display:none'>NONE</p><p style='visibility:hidden'>INVISIBLE</p>"
    "<p style='opacity:0'>CLEAR</p><p style='font-size:1px'>TINY</p><p style='position:absolute;left:-9999px'>AWAY</p>"
    "<p hidden>ATTRIBUTE</p></main>",
    "heavy": f"<main><p>{TEXT}</p><img src=/data?image><video src=/data?video></video><link rel=icon href=/data?icon>"
    "<style>@font-face{font-family:x;src:url(/data?font)} p{font-family:x}</style></main>"
    "<script src=https://www.google-analytics.com/analytics.js></script>",
    "prying": f"<link rel=prefetch href='http://{INSIDE}/p'><link rel=preconnect href='http://{INSIDE}/'>"
    f"<link rel=stylesheet href='http://{INSIDE}/c'><main><p>{TEXT}</p></main><iframe src='http://{INSIDE}/f'></iframe>"
    f"<object data='http://{INSIDE}/o'></object><embed src='http://{INSIDE}/e'><script src='http://{INSIDE}/s'></script>"
    f"<script>fetch('http://{INSIDE}/a').catch(e => 0); fetch('http://{INSIDE}/b', {{mode: 'no-cors'}}).catch(e => 0);"
    "fetch('http://169.254.169.254/latest/meta-data/').catch(e => 0); fetch('file:///etc/passwd').catch(e => 0);"
    f"navigator.sendBeacon('http://{INSIDE}/beacon', 'x'); fetch('/inside').catch(e => 0);</script>",
    "socket": f"<main><p>{TEXT}</p></main><script>for (const a of ['ws://{INSIDE}/', 'wss://{INSIDE}/'])"
    f"{{ new WebSocket(a) }}; new EventSource('http://{INSIDE}/events');"
    f"const peer = new RTCPeerConnection({{iceServers: [{{urls: 'turn:{INSIDE}?transport=tcp', username: 'x',"
    "credential: 'x'}]}); peer.createDataChannel('x');"
    "peer.createOffer().then(o => peer.setLocalDescription(o));</script>",
    "worker": f"<main><p>{TEXT}</p></main><script>"
    f"new Worker(URL.createObjectURL(new Blob([`fetch('http://{INSIDE}/w').catch(e=>0)`])));"
    "navigator.serviceWorker && navigator.serviceWorker.register('/data?sw').catch(e => 0)</script>",
    "leaving": f"<p>x</p><script>location.href = 'http://{INSIDE}/l'</script>",
    "sending": f"<form method=post action='http://{INSIDE}/form'><input name=a value=b></form>"
    "<script>document.forms[0].submit()</script>",
    "refreshing": f"<meta http-equiv=refresh content='0;url=http://{INSIDE}/r'><p>x</p>",
    "endless": "<p>x</p><script>while (true) {}</script>",
    "restless": f"<main><p>{TEXT}</p></main><script>setInterval(() => fetch('/data'), 50)</script>",
    "alerting": f"<script>alert('x'); confirm('y')</script><main><p>{TEXT}</p></main>",
    "eater": "<p>x</p><script>const a = []; while (true) a.push(new Array(1e6).fill('x' + a.length))</script>",
    "popups": f"<main><p>{TEXT}</p></main><script>for (let i = 0; i < 20; i++) window.open('/plain?' + i)</script>",
    "many": "<main>" + f"<p>{TEXT}</p>" * 3 + "<i>x</i>" * 60_000 + "</main>",
    "forging": f"<main><p>{TEXT}</p><p style='display:none'>NONE</p></main><script>"
    "String.prototype.slice = () => 'FORGED '.repeat(1e6); window.String = () => 'FORGED';"
    "Element.prototype.checkVisibility = () => true; Element.prototype.remove = () => 0;"
    "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'FORGED '.repeat(1e6)});"
    "document.querySelectorAll = () => []; JSON.stringify = () => 'FORGED';</script>",
    "empty": "",
    "cookie": "<main><p id=a></p></main><script>document.getElementById('a').textContent = "
    f"'{TEXT} seen=' + document.cookie + localStorage.getItem('seen');"
    "document.cookie = 'seen=yes'; localStorage.setItem('seen', 'yes')</script>",
}


@dataclass
class Site:
    """The site as it is served."""

    asked: list[str] = field(default_factory=list)
    user_agents: set[str] = field(default_factory=set)
    robots: str = "User-agent: *\nDisallow: /private"
    port: int = 0
    inside_port: int = 0
    inside_reached: int = 0

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}/{path}"

    async def page(self, request: Request) -> Response:
        """One of the pages."""
        self.asked.append(request.url.path.removeprefix("/") + (f"?{request.url.query}" if request.url.query else ""))
        self.user_agents.add(request.headers.get("user-agent", ""))
        name = request.path_params["name"]
        special = {
            "robots.txt": PlainTextResponse(self.robots),
            "data": PlainTextResponse(TEXT),
            "text": PlainTextResponse(TEXT),
            "private": HTMLResponse(PAGES["plain"]),
            "moved": RedirectResponse("/plain"),
            "inside": RedirectResponse(f"http://127.0.0.1:{self.inside_port}/redirected"),
            "circle": RedirectResponse("/circle"),
            "missing": HTMLResponse("<p>no such page</p>", 404),
            "image": Response(b"\x89PNG", media_type="image/png"),
            "file.pdf": Response(b"%PDF-1.4", media_type="application/pdf"),
            "download": Response(TEXT, headers={"Content-Disposition": "attachment; filename=x.txt"}),
        }
        body = PAGES.get(name, "").replace(INSIDE, f"127.0.0.1:{self.inside_port}")
        return special.get(name) or HTMLResponse(f"<title>{name}</title><body>{body}</body>")

    async def inside(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The server that no page may reach."""
        self.inside_reached += 1
        writer.close()

    async def huge(self, _request: Request) -> Response:
        """Fifty megabytes."""

        async def chunks() -> AsyncIterator[str]:
            for _ in range(500):
                yield f"<p>{TEXT}</p>" * 900

        return StreamingResponse(chunks(), media_type="text/html")

    async def drip(self, _request: Request) -> Response:
        """A page that never ends, a little at a time."""

        async def chunks() -> AsyncIterator[str]:
            yield f"<p>{TEXT}</p>"
            while True:
                await asyncio.sleep(0.2)
                yield "<p>more</p>"

        return StreamingResponse(chunks(), media_type="text/html")


@asynccontextmanager
async def site_serving() -> AsyncIterator[Site]:
    """The site on a free port of loopback."""
    site = Site()
    routes = [
        Route("/huge", site.huge),
        Route("/drip", site.drip),
        Route("/{name}", site.page, methods=["GET", "POST"]),
    ]
    inside = await asyncio.start_server(site.inside, "127.0.0.1", 0)
    site.inside_port = inside.sockets[0].getsockname()[1]
    async with inside, serving(Starlette(routes=routes), "127.0.0.1", 0) as site.port:
        yield site
