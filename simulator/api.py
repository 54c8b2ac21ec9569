"""Kaltura's calls: create, init-client, say-text, say-audio, interrupt, keep-alive, end, catalog.

Source: Kaltura Control API documentation, and kaltura/intelligent-agents-sdk, August 2026.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import catalog
from simulator.dialect import Dialect
from simulator.live import LiveSession, Simulator
from simulator.sessions import Refusal, authorize_account
from simulator.wire import AUDIO_LIMIT, JSON_LIMIT, credential, endpoint, json_of
from speech import UnreadableAudio

NO_SOUND = "No sound could be made from this text; the avatar shows it silently, for a while."
SPEEDS = (0.5, 2.0)

SessionCall = Callable[[LiveSession, Request, bytes], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class TurnServer:
    """Where media may be relayed, as init-client answers it; all empty: nowhere. A bare host as
    `url` stands for that host's ports 80 and 443 (kaltura/intelligent-agents-sdk, August 2026)."""

    url: str
    username: str
    credential: str


class Api:
    """The calls, as routes below /v1."""

    def __init__(self, simulator: Simulator, dialect: Dialect, turn: TurnServer) -> None:
        self._simulator = simulator
        self._dialect = dialect
        self._turn = turn

    def routes(self) -> list[Route]:
        """create where the dialect has it, the calls of a session, and the catalog."""
        moods = self._simulator.moods
        create = endpoint(self.create, moods=moods, name="create")
        calls: dict[str, tuple[SessionCall, int]] = {
            "init-client": (self.init_client, JSON_LIMIT),
            "say-text": (self.say_text, JSON_LIMIT),
            "say-audio": (self.say_audio, AUDIO_LIMIT),
            "interrupt": (self.interrupt, JSON_LIMIT),
            "keep-alive": (self.keep_alive, JSON_LIMIT),
            "end": (self.end, JSON_LIMIT),
        }
        return [
            *(
                Route(f"/avatar-session{path}", create, methods=["POST"])
                for path in self._dialect.create_paths
            ),
            *(
                Route(
                    f"/avatar-session/{{session_id}}/{name}",
                    endpoint(self._for_session(call), limit=limit, moods=moods, name=name),
                    methods=["POST"],
                )
                for name, (call, limit) in calls.items()
            ),
            Route("/catalog-item/list", endpoint(self.catalog), methods=["POST"]),
        ]

    async def create(self, request: Request, body: bytes) -> Response:
        """A session for an avatar and, if one is named, a voice and its speed."""
        authorize_account(credential(request, "KS"))
        asked = json_of(body)
        visual, voice = _object(asked, "visualConfig"), _object(asked, "voiceConfig")
        fields = self._dialect.avatar_fields
        avatar_id = next((visual[name] for name in fields if visual.get(name)), None)
        if not isinstance(avatar_id, str) or not avatar_id.strip():
            raise Refusal(400, f"visualConfig.{fields[0]} is required")
        voice_id = voice.get("id")
        if voice_id is not None and not isinstance(voice_id, str):
            raise Refusal(400, "voiceConfig.id must be a string")
        speed = voice.get("speed", 1.0)
        if not _is_number(speed) or not SPEEDS[0] <= speed <= SPEEDS[1]:
            raise Refusal(400, "voiceConfig.speed must be a number from {} to {}".format(*SPEEDS))
        session = self._simulator.create(avatar_id, voice_id, float(speed))
        return JSONResponse(
            {"success": True, "sessionId": session.session_id, "token": session.token}
        )

    async def init_client(self, live: LiveSession, request: Request, body: bytes) -> Response:
        """Where to watch. One's own machine needs no TURN server, but may be given one."""
        json_of(body)
        return JSONResponse(
            {
                "success": True,
                "whepUrl": f"{origin(request)}/whep/{live.record.whep_key}",
                # No part of Kaltura's API: where the simulator is watched without WebRTC.
                "plainUrl": f"{origin(request)}/plain/{live.record.whep_key}",
                "turn": asdict(self._turn),
            }
        )

    async def say_text(self, live: LiveSession, request: Request, body: bytes) -> Response:
        """Say a text, or one more chunk of it; without `isFinal` it is the whole of it."""
        if not self._dialect.takes_text:
            raise Refusal(503, "Service temporarily unavailable")
        asked = json_of(body)
        turn_id, final = asked.get("turnId"), asked.get("isFinal", True)
        if turn_id is not None and not isinstance(turn_id, str):
            raise Refusal(400, "turnId must be a string")
        if not isinstance(final, bool):
            raise Refusal(400, "isFinal must be true or false")
        text = asked.get("text")
        turn = live.record.hear(text, turn_id, final, time.time())
        live.speaker.say_text(turn, str(text))
        if final and not await self._simulator.studio.has_sound(turn.text):
            return JSONResponse({"success": True, "warning": NO_SOUND})
        return JSONResponse({"success": True})

    async def say_audio(self, live: LiveSession, request: Request, body: bytes) -> Response:
        """Say a recording. Its `duration` is checked for being one, and not believed."""
        received_at, interrupts = time.time(), live.record.interrupts
        fields = await _fields(request, body)
        audio, turn_id = fields.get("audio"), fields.get("turnId")
        if not isinstance(audio, UploadFile):
            raise Refusal(400, "Audio is required")
        if isinstance(turn_id, UploadFile):
            raise Refusal(400, "turnId must be a string")
        try:
            duration = float(str(fields.get("duration")))
        except ValueError:
            duration = math.nan
        if not (math.isfinite(duration) and duration > 0):
            raise Refusal(400, "Duration is required: the length of the audio in seconds")
        try:
            recording = await self._simulator.studio.decoded(await audio.read())
        except UnreadableAudio as failure:
            raise Refusal(400, str(failure)) from failure
        if live.record.state == "ended":
            raise Refusal(410, "Session ended")
        turn = live.record.hear_audio(turn_id, received_at)
        live.speaker.say_audio(turn, recording)
        if live.record.interrupts != interrupts and self._dialect.interrupt_clears:
            live.speaker.interrupt()
        return JSONResponse({"success": True})

    async def interrupt(self, live: LiveSession, request: Request, body: bytes) -> Response:
        """Silence, and as the dialect has it an empty queue; safe with nothing playing."""
        json_of(body)
        self._simulator.interrupt(live, begun_only=not self._dialect.interrupt_clears)
        return JSONResponse({"success": True})

    async def keep_alive(self, live: LiveSession, request: Request, body: bytes) -> Response:
        """The session lives on."""
        json_of(body)
        self._simulator.keep_alive(live)
        return JSONResponse({"success": True})

    async def end(self, live: LiveSession, request: Request, body: bytes) -> Response:
        """The session is over."""
        json_of(body)
        self._simulator.end(live, "end")
        return JSONResponse({"success": True})

    async def catalog(self, request: Request, body: bytes) -> Response:
        """One page of the faces or the voices."""
        authorize_account(credential(request, "KS"))
        asked = json_of(body)
        kind = _object(asked, "filter").get("typeEqual", "Visual")
        if kind not in ("Visual", "Voice"):
            raise Refusal(400, 'filter.typeEqual must be "Visual" or "Voice"')
        pager = _object(asked, "pager")
        offset, limit = pager.get("offset", 0), pager.get("limit", 100)
        if not all(
            isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in (offset, limit)
        ):
            raise Refusal(400, "pager.offset and pager.limit must be whole numbers from 0")
        return JSONResponse(
            catalog.listing(kind, offset=offset, limit=limit, origin=origin(request))
        )

    def _for_session(self, call: SessionCall) -> Callable[[Request, bytes], Awaitable[Response]]:
        async def authorized(request: Request, body: bytes) -> Response:
            live = self._simulator.find(
                request.path_params["session_id"], credential(request, "Bearer")
            )
            return await call(live, request, body)

        return authorized


def origin(request: Request) -> str:
    """The simulator's address as this caller knows it."""
    return str(request.base_url).rstrip("/")


def _object(asked: dict[str, Any], name: str) -> dict[str, Any]:
    value = asked.get(name)
    if value is not None and not isinstance(value, dict):
        raise Refusal(400, f"{name} must be an object")
    return value or {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


async def _fields(request: Request, body: bytes) -> dict[str, UploadFile | str]:
    """The fields of a multipart body. Raises `Refusal` (400)."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refusal(400, "The body must be multipart/form-data with turnId, duration and audio")

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await MultiPartParser(request.headers, stream()).parse()
    except (MultiPartException, KeyError) as failure:
        raise Refusal(400, f"The multipart body can't be read: {failure}") from failure
    return dict(form)
