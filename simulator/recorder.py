"""`python -m simulator --record [BASE_URL]`: a proxy on this machine in front of the real service.

It passes everything on unchanged. Each call of a new form it keeps as a page like those of the
contract (`simulator/contract`), without secrets, and prints where it differs from them.

Not mitmproxy (30 packages, and its own certificate), nor vcrpy and its kind, which record inside
the process that calls: the calls come from the app, a browser, or any script.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import SplitResult

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.exchange import Exchange, NoAnswer, answer_to, differences, unseen, verdict
from simulator.hiding import Hiding
from simulator.wire import error

DEADLINE = 60.0
"""Seconds. Longer than any caller's own, so that the caller is the one who gives up."""
OF_THIS_HOP = {
    *("accept-encoding", "connection", "content-length", "host", "keep-alive"),
    *("proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"),
}
"""Headers that hold between two machines (RFC 9110, 7.6.1), and those of a body sent anew."""
BROWSERS_OWN = {"cookie", "origin", "referer"}


def recorder(service: SplitResult, folder: Path) -> Starlette:
    """The proxy for the service with this base URL. It has the same paths, and writes the pages
    into `folder`."""
    proxy = Recorder(httpx.URL(service.geturl()), folder)
    # A browser's preflight is answered here, not by the service: it asks about this machine.
    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    everything = Route("/{path:path}", proxy.pass_on, methods=["GET", "POST", "PATCH", "DELETE"])
    return Starlette(routes=[everything], middleware=[cors], lifespan=proxy.lifespan)


class Recorder:
    """Passes calls on, and keeps a page of each form.

    It hands redirects back: to follow one would take the KS along.
    """

    def __init__(self, base_url: httpx.URL, folder: Path) -> None:
        self._base_url = base_url
        self._folder = folder
        # No proxy that the environment names can see this machine's own loopback.
        self._http = httpx.AsyncClient(trust_env=base_url.scheme == "https")
        self._hiding = Hiding(base_url.path)
        self._kept: dict[str, list[Exchange]] = {}

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """At its end, print which calls of the contract were not seen."""
        async with self._http:
            yield
        print(unseen(self._kept), flush=True)
        if self._kept:
            print(f"Seen, secrets taken out: {self._folder}", flush=True)

    async def pass_on(self, request: Request) -> Response:
        """The service's answer, or 502 where there was none."""
        path, query = request.scope["raw_path"], request.scope["query_string"]
        asked = httpx.Request(
            request.method,
            self._base_url.copy_with(raw_path=path + b"?" + query if query else path),
            headers=_headers(request.headers, but=OF_THIS_HOP | BROWSERS_OWN)
            | {"Accept-Encoding": "identity"},
            content=await request.body(),
        )
        try:
            answer, body = await answer_to(asked, self._http, DEADLINE)
        except NoAnswer as problem:
            host = self._base_url.host
            print(f"No answer from {host}: {problem}", flush=True)
            return error(502, f"The recorder got no answer from {host}.")
        try:
            self._keep(asked, answer, body)
        except Exception as problem:
            # Whatever it is: the answer may be that of a create, which only its caller can end.
            where = f": {problem}" if isinstance(problem, OSError) else ""
            print(f"A page could not be kept ({type(problem).__name__}{where}).", flush=True)
        return Response(body, answer.status_code, _headers(answer.headers, but=OF_THIS_HOP))

    def _keep(self, request: httpx.Request, answer: httpx.Response, body: bytes) -> None:
        """Write the page of this call if its form is new, and print its differences."""
        source = f"recorded from {self._base_url.host}"
        name, seen = self._hiding.page(source, request, answer, body)
        forms = self._kept.setdefault(name, [])
        if not all(differences(seen, form) for form in forms):
            return
        forms.append(seen)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = f".{len(forms)}" if len(forms) > 1 else ""
        seen.write(self._folder / f"{name}{number}.json")
        print(verdict(name, seen), flush=True)


def _headers(headers: Mapping[str, str], *, but: set[str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name not in but and not name.startswith("access-control-")
    }
