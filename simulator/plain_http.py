"""The avatar over plain HTTP, for a browser that no WebRTC reaches: no part of Kaltura's API.

A viewer asks for the face once, as pictures that it draws itself; then, again and again, for the
segments of speech on the session's clock, with their mouth timings; and for the sound of each as a
WAV file. It sees an interrupt by the count of interrupts.
"""

from __future__ import annotations

import asyncio
import io
import wave
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import catalog
from simulator.live import LiveSession, Simulator
from simulator.media import SAMPLE_RATE
from simulator.plain_face import face_as_json
from simulator.sessions import Refusal
from simulator.speaker import Segment
from simulator.wire import endpoint

WAIT = 2.0
"""Seconds until an answer without news. A viewer without an answer for longer knows that the
simulator has stopped; and proxies close a connection that is silent for longer."""


class PlainHttp:
    """The routes below /plain. The key in the path is that of the `whepUrl`."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._asking: dict[str, asyncio.TimerHandle] = {}
        """By session: when its viewer counts as gone, unless it asks again."""

    def routes(self) -> list[Route]:
        """GET /plain/{key}/face, …/speech?after=REVISION, …/sound/{number}."""
        return [
            Route("/{key}/face", endpoint(self._face), methods=["GET"]),
            Route("/{key}/speech", endpoint(self._speech), methods=["GET"]),
            Route("/{key}/sound/{number:int}", endpoint(self._sound), methods=["GET"]),
        ]

    async def _face(self, request: Request, body: bytes) -> Response:
        face = catalog.visual(self._live(request).record.avatar_id).face
        return Response(await asyncio.to_thread(face_as_json, face), media_type="application/json")

    async def _speech(self, request: Request, body: bytes) -> Response:
        """The segments on the clock, as soon as their revision is not `after`, or after `WAIT`.

        Times are seconds of the session's clock; `now` is the time of this answer.
        """
        live = self._live(request)
        try:
            known = int(request.query_params.get("after", -1))
        except ValueError as failure:
            raise Refusal(400, "after must be a whole number") from failure
        self._count(live)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT):
                await live.speaker.revised(known)
        live = self._live(request)
        return JSONResponse(
            {
                "revision": live.speaker.revision,
                "interrupts": live.record.interrupts,
                "now": live.clock.position / SAMPLE_RATE,
                "segments": [_as_json(segment) for segment in live.speaker.segments],
            }
        )

    async def _sound(self, request: Request, body: bytes) -> Response:
        number = request.path_params["number"]
        for segment in self._live(request).speaker.segments:
            if segment.number == number:
                return Response(_wav(segment.utterance.samples), media_type="audio/wav")
        raise Refusal(404, "This is not said any more.")

    def _count(self, live: LiveSession) -> None:
        """Count the caller as a viewer until it has not called for `WAIT` and a second."""
        live.record.viewers = 1
        if timer := self._asking.get(live.record.session_id):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._asking[live.record.session_id] = loop.call_later(WAIT + 1, self._left, live)

    def _left(self, live: LiveSession) -> None:
        del self._asking[live.record.session_id]
        if live.viewer is None or live.viewer.gone:
            live.record.viewers = 0

    def _live(self, request: Request) -> LiveSession:
        return self._simulator.by_whep_key(request.path_params["key"])


def _as_json(segment: Segment) -> dict[str, object]:
    return {
        "number": segment.number,
        "start": segment.start / SAMPLE_RATE,
        "duration": segment.utterance.duration,
        "silent": segment.utterance.silent,
        "visemes": [[viseme.at, viseme.shape] for viseme in segment.utterance.visemes],
    }


def _wav(samples: NDArray[np.int16]) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        writer.writeframes(samples.tobytes())
    return file.getvalue()
