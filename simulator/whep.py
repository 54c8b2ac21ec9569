"""The WHEP endpoint: an SDP offer in, an SDP answer out, a resource to delete at the end.

Source: draft-ietf-wish-whep; statuses as kaltura/intelligent-agents-sdk found them, August 2026.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.live import Simulator
from simulator.sessions import Refusal
from simulator.viewer import Unusable
from simulator.wire import SDP_LIMIT, endpoint

SDP = "application/sdp"


class Whep:
    """The routes below /whep. The key in the path is the only credential."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> list[Route]:
        """POST an offer to the `whepUrl`; DELETE the /viewer/{viewer} below it."""
        post = endpoint(self._post, limit=SDP_LIMIT, moods=self._simulator.moods, name="whep")
        return [
            Route("/{key}", post, methods=["POST"]),
            Route("/{key}", endpoint(self._options), methods=["OPTIONS"]),
            Route("/{key}/viewer/{viewer}", endpoint(self._delete), methods=["DELETE"]),
        ]

    async def _post(self, request: Request, body: bytes) -> Response:
        key = request.path_params["key"]
        live = self._simulator.by_whep_key(key)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != SDP:
            raise Refusal(415, f"The offer must be sent as {SDP}")
        try:
            viewer, answer = await self._simulator.join(live, body.decode())
        except (UnicodeDecodeError, Unusable) as failure:
            raise Refusal(400, str(failure)) from failure
        # Without `Dialect.media_path`, as the service was seen to answer.
        location = f"/whep/{key}/viewer/{viewer.viewer_id}"
        return Response(answer, 201, {"Location": location}, media_type=SDP)

    async def _options(self, request: Request, body: bytes) -> Response:
        return Response(status_code=204, headers={"Accept-Post": SDP, "Allow": "OPTIONS, POST"})

    async def _delete(self, request: Request, body: bytes) -> Response:
        """Let the viewer leave. It has left already where its session has ended."""
        try:
            live = self._simulator.by_whep_key(request.path_params["key"])
        except Refusal as refusal:
            if (refusal.status, str(refusal)) == self._simulator.dialect.ended:
                return Response(status_code=200)
            raise
        await self._simulator.release(live, request.path_params["viewer"])
        return Response(status_code=200)
