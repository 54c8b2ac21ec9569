"""The vendor's arrangement without Streamlit: a page of another origin posts to a small server.

`python -m benchmarks.plain_server BASE_URL` prints `{"url": …}` when it is ready.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEPT = 75
"""Seconds that an unused connection is kept, on both sides of the server."""
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}


def application(base_url: str, url: str) -> Starlette:
    """`/create` answers `{"sessionId": …}`; any other call is sent on with the session's token."""
    http = httpx.AsyncClient(limits=httpx.Limits(keepalive_expiry=KEPT))
    tokens: dict[str, str] = {}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with http:
            print(json.dumps({"url": url}), flush=True)
            yield

    async def create(_: Request) -> JSONResponse:
        body = {"visualConfig": {"avatarId": "plain"}}
        answer = await http.post(base_url, headers={"Authorization": "KS plain"}, json=body)
        session = answer.raise_for_status().json()
        tokens[session["sessionId"]] = session["token"]
        return JSONResponse({"sessionId": session["sessionId"]}, headers=ANY_ORIGIN)

    async def call(request: Request) -> JSONResponse:
        body = await request.json()
        session_id = body.pop("sessionId")
        answer = await http.post(
            f"{base_url}/{session_id}/{request.path_params['call']}",
            headers={"Authorization": f"Bearer {tokens[session_id]}"},
            json=body,
        )
        return JSONResponse(answer.json(), answer.status_code, headers=ANY_ORIGIN)

    async def preflight(request: Request) -> Response:
        """As the `cors()` of Express answers, which names no Access-Control-Max-Age."""
        allowed = {
            "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
            "Access-Control-Allow-Headers": request.headers["Access-Control-Request-Headers"],
            "Vary": "Access-Control-Request-Headers",
        }
        return Response(status_code=204, headers={**ANY_ORIGIN, **allowed})

    return Starlette(
        routes=[
            Route("/create", create, methods=["POST"]),
            Route("/{call}", call, methods=["POST"]),
            Route("/{call}", preflight, methods=["OPTIONS"]),
        ],
        lifespan=lifespan,
    )


if __name__ == "__main__":
    # Said to be TCP, or asyncio leaves Nagle's algorithm on.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = application(sys.argv[1], here)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_keep_alive=KEPT)).run(
            [listener]
        )
