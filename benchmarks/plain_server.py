"""A small server without Streamlit, the vendor's arrangement: a page of another origin posts to it.

`python -m benchmarks.plain_server BASE_URL` prints `{"url": …, "sessionId": …}` when it is ready.
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
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def application(base_url: str, url: str) -> Starlette:
    """One session at `base_url`, and a route that makes it speak."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient() as http:
            answer = await http.post(
                base_url,
                headers={"Authorization": "KS plain"},
                json={"visualConfig": {"avatarId": "plain"}},
            )
            session = answer.raise_for_status().json()
            app.state.http = http
            app.state.url = f"{base_url}/{session['sessionId']}"
            app.state.token = {"Authorization": f"Bearer {session['token']}"}
            print(json.dumps({"url": url, "sessionId": session["sessionId"]}), flush=True)
            yield
            await http.post(f"{app.state.url}/end", headers=app.state.token, json={})

    async def say_text(request: Request) -> JSONResponse:
        state = request.app.state
        text = (await request.json())["text"].strip()
        answer = await state.http.post(
            f"{state.url}/say-text", headers=state.token, json={"text": text}
        )
        return JSONResponse(answer.json(), answer.status_code)

    cors = Middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["POST"], allow_headers=["*"]
    )
    return Starlette(
        routes=[Route("/say-text", say_text, methods=["POST"])],
        middleware=[cors],
        lifespan=lifespan,
    )


if __name__ == "__main__":
    # Said to be TCP, or asyncio leaves Nagle's algorithm on.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(application(sys.argv[1], here), log_level="warning")
        uvicorn.Server(config).run([listener])
