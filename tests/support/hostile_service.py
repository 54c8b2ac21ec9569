"""The simulator behind a service whose every text is markup: names, ids, errors, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.support.served import served
from tests.support.simulator_process import SimulatorProcess

MARKUP = (
    "**bold** __bold__ _it_ ~~gone~~ `code` :red[red] :blue-badge[badge] :material/bolt: :smile:"
    " $x^2$ [link](https://evil.example) ![picture](https://evil.example/p.png)"
    " [script](javascript:window.evil=1) https://evil.example www.evil.example me@evil.example"
    " # head | a | b | -> <- -- >= &lt;b&gt; &copy; \\ ^up^ [^1] @user 1. one"
)
"""What Markdown, Streamlit's own markup and its typography would change."""

HTML = (
    '<img src="x:" onerror="window.evil=1"><script>window.evil=1</script><b>bold</b>'
    '<a href="javascript:window.evil=1">a</a><svg onload="window.evil=1"></svg>'
)

SESSION_ID = "__bold__~~gone~~:smile:www.evil.example:me@evil.example"
"""As much markup as the client lets an id have."""


@contextmanager
def hostile_service(simulator: SimulatorProcess) -> Iterator[str]:
    """Its base URL. Picture and sound come from the simulator itself.

    The catalog has two faces and two voices: one whose id is all there is of it, and one with a
    name. A text that has "fail" in it is refused, any other is taken with a warning.
    """
    real: dict[str, str] = {}

    async def ask(request: Request, path: str) -> dict[str, Any]:
        headers = {"Authorization": request.headers["authorization"]}
        async with httpx.AsyncClient() as client:
            answer = await client.post(
                f"{simulator.origin}{path}", json=await request.json(), headers=headers
            )
        body: dict[str, Any] = answer.json()
        return body

    async def create(request: Request) -> JSONResponse:
        answer = await ask(request, request.url.path)
        real[SESSION_ID] = answer["sessionId"]
        return JSONResponse({**answer, "sessionId": SESSION_ID})

    async def call(request: Request) -> JSONResponse:
        session_id, name = real[request.path_params["session"]], request.path_params["call"]
        if name == "say-text" and "fail" in (await request.json())["text"]:
            return JSONResponse({"success": False, "error": MARKUP + HTML}, status_code=400)
        answer = await ask(request, f"/v1/avatar-session/{session_id}/{name}")
        return JSONResponse({**answer, "warning": MARKUP + HTML})

    async def catalog(request: Request) -> JSONResponse:
        answer = await ask(request, request.url.path)
        texts = {"name": MARKUP + HTML, "description": MARKUP + HTML, "language": HTML}
        if len(answer["objects"]) < 2:  # what is left after the two
            return JSONResponse({"objects": [], "totalCount": 2})
        first, second, *_ = answer["objects"]
        kind = first["type"].lower()
        nameless = {**first, "itemId": MARKUP + HTML, "attributes": {}, "imageUrl": HTML}
        named = {**second, "attributes": {kind: texts}, "imageUrl": "javascript:window.evil=1"}
        return JSONResponse({"objects": [nameless, named], "totalCount": 2})

    routes = [
        Route("/v1/avatar-session", create, methods=["POST"]),
        Route("/v1/avatar-session/{session}/{call}", call, methods=["POST"]),
        Route("/v1/catalog-item/list", catalog, methods=["POST"]),
    ]
    with served(Starlette(routes=routes)) as url:
        yield f"{url}/v1/avatar-session"
