"""`python -m simulator --record [BASE_URL]`: a proxy on this machine in front of the real service.

It passes everything on as it is, keeps each call of a new form as a page of the same form as the
fixtures in simulator/contract, secrets taken out, and says where it differs from ours.

Not mitmproxy (30 packages, and its own certificate), nor vcrpy and its kind, which record inside
the process that calls: what calls here is the app, a browser, or anybody's script.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.exchange import Exchange, Page, answer_page, differences, request_page
from simulator.hiding import Hiding
from simulator.wire import error

OURS = Path(__file__).parent / "contract"
PATIENCE = httpx.Timeout(60.0, connect=10.0)
"""Seconds. Longer than any caller's own, so that it is the caller who gives up."""
OF_THIS_HOP = {
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""Headers that hold between two machines (RFC 9110, 7.6.1), and those of a body sent anew."""
BROWSERS_OWN = {"cookie", "origin", "referer"}
CATALOG = "/v1/catalog-item/list"


def recorder(service: SplitResult, folder: Path) -> Starlette:
    """The proxy: what is asked of it is asked of the service whose base URL this is, under the same
    path. The pages are written into `folder`.
    """
    base_url = httpx.URL(service.geturl())
    record = Record(base_url, folder)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await proxy.close()
        record.sum_up()

    proxy = Proxy(base_url, record)
    # A browser's preflight is answered here, not by the service: it asks about this machine.
    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    everything = Route("/{path:path}", proxy.pass_on, methods=["GET", "POST", "PATCH", "DELETE"])
    return Starlette(routes=[everything], middleware=[cors], lifespan=lifespan)


class Proxy:
    """Passes calls on. Redirects are handed back: followed, they would take the KS along."""

    def __init__(self, base_url: httpx.URL, record: Record) -> None:
        self._origin = base_url.copy_with(path="/")
        self._record = record
        # No proxy that the environment names can see this machine's own loopback.
        self._http = httpx.AsyncClient(timeout=PATIENCE, trust_env=base_url.scheme == "https")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def pass_on(self, request: Request) -> Response:
        """The service's answer, or 502 where there was none."""
        asked = httpx.Request(
            request.method,
            self._origin.copy_with(raw_path=_raw_path(request)),
            headers=_headers(request.headers, but=OF_THIS_HOP | BROWSERS_OWN)
            | {"Accept-Encoding": "identity"},
            content=await request.body(),
            extensions={"timeout": PATIENCE.as_dict()},
        )
        try:
            answer = await self._http.send(asked)
        except httpx.HTTPError as problem:
            host = self._origin.host
            print(f"No answer from {host}: {type(problem).__name__}", flush=True)
            return error(502, f"The recorder got no answer from {host}.")
        try:
            self._record.keep(asked, answer)
        except Exception as problem:
            # Whatever it is: the answer may be that of a create, which only its caller can end.
            where = f": {problem}" if isinstance(problem, OSError) else ""
            print(f"A page could not be kept ({type(problem).__name__}{where}).", flush=True)
        headers = _headers(answer.headers, but=OF_THIS_HOP)
        return Response(answer.content, answer.status_code, headers)


def _raw_path(request: Request) -> bytes:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return path + b"?" + query if query else path


def _headers(headers: Mapping[str, str], *, but: set[str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name not in but and not name.startswith("access-control-")
    }


@dataclass(slots=True)
class Record:
    """The pages of the forms that were seen, each of them once."""

    base_url: httpx.URL
    folder: Path
    _kept: dict[str, list[Exchange]] = field(default_factory=dict)
    _hiding: Hiding = field(init=False)

    def __post_init__(self) -> None:
        self._hiding = Hiding(self.base_url.path)

    def keep(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Write the page of this call, if its form is a new one, and say how it differs."""
        source = f"recorded from {self.base_url.host}"
        whole = Exchange(source, request_page(request), answer_page(answer))
        seen = self._hiding.hide(whole)
        name = name_of(seen, self.base_url.path)
        forms = self._kept.setdefault(name, [])
        if not all(differences(seen, form) for form in forms):
            return
        forms.append(seen)
        self.folder.mkdir(parents=True, exist_ok=True)
        number = f".{len(forms)}" if len(forms) > 1 else ""
        seen.write(self.folder / f"{name}{number}.json")
        print(f"{name}: {'; '.join(told(seen, name)) or 'as ours'}", flush=True)

    def sum_up(self) -> None:
        """Say which calls of ours nobody has made, or in no such form."""
        ours = {path.stem: Exchange.read(path).answer["status"] for path in OURS.glob("*.json")}
        unseen = sorted(name for name in ours.keys() - self._kept if ours[name] < 300)
        print(f"Not seen: {', '.join(unseen) or 'nothing'}.", flush=True)
        if self._kept:
            print(f"Seen, secrets taken out: {self.folder}", flush=True)


def name_of(seen: Exchange, base_path: str) -> str:
    """The call and its form, as our fixtures are named: "say-text-chunk", "create-401"."""
    path, body = seen.request["path"].partition("?")[0], seen.request.get("json")
    body = body if isinstance(body, dict) else {}
    rest = path.removeprefix(base_path)
    if path == CATALOG:
        kind = _part(body, "filter").get("typeEqual")
        name = f"catalog-{kind.lower()}" if kind in ("Visual", "Voice") else "catalog"
    elif rest in ("", "/create"):
        by_id = "avatarId" not in _part(body, "visualConfig")
        name = f"create{'-at-create' if rest else ''}{'-id' if by_id else ''}"
    else:
        name = re.sub("[^a-z0-9]+", "-", rest.rpartition("/")[2].lower()).strip("-") or "other"
        name += "-chunk" if body.get("isFinal") is False else ""
    status = seen.answer["status"]
    return name if status < 300 else f"{name}-{status}"


def _part(body: Page, name: str) -> Page:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def told(seen: Exchange, name: str) -> list[str]:
    """How it differs from our fixture of this name, one short sentence each."""
    ours = OURS / f"{name}.json"
    if ours.is_file():
        return differences(seen, Exchange.read(ours))
    answer = seen.answer
    words = json.dumps(answer.get("json", answer.get("body")), ensure_ascii=False)
    return [f"none of our fixtures; HTTP {answer['status']} {words}"]
