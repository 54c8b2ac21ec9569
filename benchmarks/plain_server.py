"""The vendor's arrangement without Streamlit: a page of another origin posts to a small server.

It has a bare WebSocket as well, the floor of the presenter's keys.

`python -m benchmarks.plain_server BASE_URL PORT`.
"""

from __future__ import annotations

import sys

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

KEPT = 75
"""Seconds that an unused connection is kept, on both sides of the server."""
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}


def application(base_url: str) -> Starlette:
    """`/create` answers `{"sessionId": …}`; any other call is sent on with the session's token.

    `/keys` is a WebSocket: each message, `{"sessionId": …, "text": …, "interrupt": …}`, is a
    say-text, after an interrupt that was answered if it asks for one.
    """
    http = httpx.AsyncClient(limits=httpx.Limits(keepalive_expiry=KEPT))
    tokens: dict[str, str] = {}

    async def create(_: Request) -> JSONResponse:
        body = {"visualConfig": {"avatarId": "plain"}}
        answer = await http.post(base_url, headers={"Authorization": "KS plain"}, json=body)
        session = answer.raise_for_status().json()
        tokens[session["sessionId"]] = session.pop("token")
        return JSONResponse(session, headers=ANY_ORIGIN)

    async def sent_on(session_id: str, call: str, body: object) -> httpx.Response:
        address = f"{base_url}/{session_id}/{call}"
        token = {"Authorization": f"Bearer {tokens[session_id]}"}
        return await http.post(address, headers=token, json=body)

    async def call(request: Request) -> JSONResponse:
        body = await request.json()
        session_id = body.pop("sessionId")
        answer = await sent_on(session_id, request.path_params["call"], body)
        return JSONResponse(answer.json(), answer.status_code, headers=ANY_ORIGIN)

    async def keys(socket: WebSocket) -> None:
        await socket.accept()
        async for message in socket.iter_json():
            session_id = message["sessionId"]
            if message["interrupt"]:
                await sent_on(session_id, "interrupt", {})
            await sent_on(session_id, "say-text", {"text": message["text"]})

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
            WebSocketRoute("/keys", keys),
            Route("/create", create, methods=["POST"]),
            Route("/{call}", call, methods=["POST"]),
            Route("/{call}", preflight, methods=["OPTIONS"]),
        ]
    )


if __name__ == "__main__":
    app, port = application(sys.argv[1]), int(sys.argv[2])
    # The WebSockets as Streamlit 1.67 has uvicorn serve them; the event loop is uvloop for both.
    uvicorn.run(
        app, port=port, log_level="warning", timeout_keep_alive=KEPT, ws="websockets-sansio"
    )
