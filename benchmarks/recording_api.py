"""Kaltura's calls, answered at once: what is measured with it is what stands before it.

`python -m benchmarks.recording_api` prints `{"origin": …}` when it is ready. `GET /calls` lists
what came in, as `[call, session id, text, Unix seconds]`.
"""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

API = "/v1/avatar-session"


def application(origin: str) -> Starlette:
    """The calls that the app makes; nothing is checked, nothing is shown."""
    calls: list[tuple[str, str, str, float]] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        print(json.dumps({"origin": origin}), flush=True)
        yield

    async def create(_: Request) -> JSONResponse:
        session_id = str(uuid.uuid4())
        calls.append(("create", session_id, "", time.time()))
        return JSONResponse({"success": True, "sessionId": session_id, "token": "a-token"})

    async def call(request: Request) -> JSONResponse:
        at, asked = time.time(), request.path_params
        text = (await request.json()).get("text", "")
        calls.append((asked["call"], asked["session_id"], text, at))
        return JSONResponse({"success": True})

    async def catalog(_: Request) -> JSONResponse:
        named = {"visual": {"name": "Ava"}, "voice": {"name": "Ava"}}
        return JSONResponse({"objects": [{"itemId": "ava", "attributes": named}]})

    async def listed(_: Request) -> JSONResponse:
        return JSONResponse(calls)

    return Starlette(
        routes=[
            Route(API, create, methods=["POST"]),
            Route(f"{API}/{{session_id}}/{{call}}", call, methods=["POST"]),
            Route("/v1/catalog-item/list", catalog, methods=["POST"]),
            Route("/calls", listed),
        ],
        lifespan=lifespan,
    )


if __name__ == "__main__":
    # Said to be TCP, or asyncio leaves Nagle's algorithm on.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(application(here), log_level="warning", timeout_keep_alive=75)
        uvicorn.Server(config).run([listener])
