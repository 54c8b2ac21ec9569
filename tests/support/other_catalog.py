"""The simulator behind a service that has another catalog, or none that can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.served import served
from tests.support.simulator_process import SimulatorProcess


@contextmanager
def other_catalog(
    simulator: SimulatorProcess, answer: Callable[[dict[str, Any]], Response]
) -> Iterator[str]:
    """Its base URL: `answer` makes the catalog's answer to a body, all else is the simulator's."""

    async def catalog(request: Request) -> Response:
        return answer(await request.json())

    async def pass_on(request: Request) -> Response:
        headers = {name: request.headers[name] for name in ("authorization", "content-type")}
        async with httpx.AsyncClient() as client:
            reply = await client.post(
                f"{simulator.origin}{request.url.path}",
                content=await request.body(),
                headers=headers,
            )
        return Response(reply.content, reply.status_code, media_type="application/json")

    routes = [
        Route("/v1/catalog-item/list", catalog, methods=["POST"]),
        Route("/{path:path}", pass_on, methods=["POST"]),
    ]
    with served(Starlette(routes=routes)) as url:
        yield f"{url}/v1/avatar-session"
