"""Kaltura's calls: create, init-client, say-text, say-audio, interrupt, keep-alive, end, catalog.

Source: Kaltura Control API documentation, and kaltura/intelligent-agents-sdk, August 2026.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import catalog
from simulator.live import LiveSession, Simulator
from simulator.relay import Relay
from simulator.sessions import Refusal, authorize_account
from simulator.wire import AUDIO_LIMIT, JSON_LIMIT, Call, credential, endpoint, json_of
from speech import UnreadableAudio

NO_SOUND = "No sound could be made from this text; the avatar shows it silently, for a while."
SPEEDS = (0.5, 2.0)
INVALID_KS = {"code": "INVALID_KS", "message": "Invalid KS", "objectType": "KalturaAPIException"}
"""With the status 200. Source: kaltura/intelligent-agents-sdk, November 2026, of catalog-item/*."""

SessionCall = Callable[[LiveSession, Request, bytes], Awaitable[dict[str, object] | None]]
"""A call of one session; it returns the fields of its answer beside `success`."""


class Api:
    """The calls, as routes below /v1. `turn` is the relay that init-client answers: its fields, or
    the simulator's own."""

    def __init__(self, simulator: Simulator, turn: Relay | dict[str, str]) -> None:
        self._simulator = simulator
        self._dialect = simulator.dialect
        self._turn = turn

    def routes(self) -> list[Route]:
        """create where the dialect has it, the calls of a session, and the catalog."""
        moods = self._simulator.moods
        create = endpoint(self._create, moods=moods, name="create")
        routes = {f"/avatar-session{path}": create for path in self._dialect.create_paths}
        calls: dict[str, SessionCall] = {
            "init-client": self._init_client,
            "say-text": self._say_text,
            "say-audio": self._say_audio,
            "interrupt": self._interrupt,
            "keep-alive": self._keep_alive,
            "end": self._end,
        }
        for name, call in calls.items():
            limit = AUDIO_LIMIT if name == "say-audio" else JSON_LIMIT
            routes[f"/avatar-session/{{session_id}}/{name}"] = endpoint(
                self._for_session(call), limit=limit, moods=moods, name=name
            )
        routes["/catalog-item/list"] = endpoint(self._for_account(self._catalog))
        routes["/catalog-item/get"] = endpoint(self._for_account(self._catalog_item))
        return [Route(path, route, methods=["POST"]) for path, route in routes.items()]

    async def _create(self, request: Request, body: bytes) -> Response:
        authorize_account(credential(request, "KS"), self._dialect)
        asked = json_of(body)
        visual, voice = _object(asked, "visualConfig"), _object(asked, "voiceConfig")
        fields = self._dialect.avatar_fields
        avatar_id = next((visual[name] for name in fields if visual.get(name)), None)
        if not isinstance(avatar_id, str) or not avatar_id.strip():
            raise Refusal(400, f"visualConfig.{fields[0]} is required")
        _text(asked, "clientId", "clientId")
        _text(voice, "language", "voiceConfig.language")
        voice_id = _text(voice, "id", "voiceConfig.id")
        model = _text(voice, "modelId", "voiceConfig.modelId")
        if model is not None and (voice_id or "").startswith(catalog.CLONE):
            raise Refusal(400, f"voiceConfig.modelId is not for a cloned voice ({catalog.CLONE}…)")
        speed = voice.get("speed", 1.0)
        if not _is_number(speed) or not SPEEDS[0] <= speed <= SPEEDS[1]:
            raise Refusal(400, "voiceConfig.speed must be a number from {} to {}".format(*SPEEDS))
        session = self._simulator.create(avatar_id, voice_id, float(speed))
        return JSONResponse(
            {"success": True, "sessionId": session.session_id, "token": session.token}
        )

    async def _init_client(
        self, live: LiveSession, request: Request, body: bytes
    ) -> dict[str, object]:
        json_of(body)
        live.record.init_clients += 1
        turn = self._turn
        if isinstance(turn, Relay):
            turn = turn.turn(request.url.hostname or "127.0.0.1")
        media = f"{origin(request)}{self._dialect.media_path}"
        return {
            "whepUrl": f"{media}/whep/{live.record.whep_key}",
            # No part of Kaltura's API: where the simulator is watched without WebRTC.
            "plainUrl": f"{origin(request)}/plain/{live.record.whep_key}",
            "turn": turn,
        }

    async def _say_text(
        self, live: LiveSession, request: Request, body: bytes
    ) -> dict[str, object] | None:
        """Say a whole text or, with `isFinal`, one more chunk of it."""
        if not self._dialect.takes_text:
            raise Refusal(503, "Service temporarily unavailable")
        asked = json_of(body)
        turn_id, final = _text(asked, "turnId", "turnId"), asked.get("isFinal", True)
        if not isinstance(final, bool):
            raise Refusal(400, "isFinal must be true or false")
        text = asked.get("text")
        turn = live.record.add_text(text, turn_id, final, time.time())
        live.speaker.say_text(turn, str(text))
        if final and not await self._simulator.studio.has_sound(turn.text):
            return {"warning": NO_SOUND}
        return None

    async def _say_audio(self, live: LiveSession, request: Request, body: bytes) -> None:
        """Say a recording. Its `duration` must be a number, and is not believed."""
        received_at, interrupts = time.time(), live.record.interrupts
        fields = await _form(request, body)
        audio = fields.get("audio")
        if not isinstance(audio, UploadFile):
            raise Refusal(400, "Audio is required")
        turn_id = _text(fields, "turnId", "turnId")
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
            raise Refusal(*self._dialect.ended)
        turn = live.record.add_audio(turn_id, received_at)
        live.speaker.say_audio(turn, recording)
        if live.record.interrupts != interrupts and self._dialect.interrupt_clears:
            live.speaker.interrupt()

    async def _interrupt(self, live: LiveSession, request: Request, body: bytes) -> None:
        json_of(body)
        self._simulator.interrupt(live, begun_only=not self._dialect.interrupt_clears)

    async def _keep_alive(self, live: LiveSession, request: Request, body: bytes) -> None:
        json_of(body)
        self._simulator.keep_alive(live)

    async def _end(self, live: LiveSession, request: Request, body: bytes) -> None:
        json_of(body)
        self._simulator.end(live, "end")

    async def _catalog(self, request: Request, body: bytes) -> Response:
        """One page of the faces, the voices, or both."""
        asked = json_of(body)
        kind = _object(asked, "filter").get("typeEqual")
        if kind not in ("Visual", "Voice", None):
            raise Refusal(400, 'filter.typeEqual must be "Visual" or "Voice"')
        pager = _object(asked, "pager")
        offset, limit = pager.get("offset", 0), pager.get("limit", 100)
        if not all(type(number) is int and number >= 0 for number in (offset, limit)):
            raise Refusal(400, "pager.offset and pager.limit must be whole numbers from 0")
        items = catalog.listing(kind, origin(request))
        return JSONResponse({"objects": items[offset : offset + limit], "totalCount": len(items)})

    async def _catalog_item(self, request: Request, body: bytes) -> Response:
        item_id = json_of(body).get("itemId")
        for item in catalog.listing(None, origin(request)):
            if item["itemId"] == item_id:
                return JSONResponse(item)
        raise Refusal(404, "Catalog item not found")

    def _for_account(self, call: Call) -> Call:
        async def authorized(request: Request, body: bytes) -> Response:
            try:
                authorize_account(credential(request, "KS"), self._dialect)
            except Refusal as refusal:
                if refusal.status == 401 and self._dialect.catalog_raises:
                    return JSONResponse(INVALID_KS)
                raise
            return await call(request, body)

        return authorized

    def _for_session(self, call: SessionCall) -> Callable[[Request, bytes], Awaitable[Response]]:
        async def authorized(request: Request, body: bytes) -> Response:
            live = self._simulator.find(
                request.path_params["session_id"], credential(request, "Bearer")
            )
            return JSONResponse({"success": True, **(await call(live, request, body) or {})})

        return authorized


def origin(request: Request) -> str:
    """The simulator's address as this caller knows it."""
    return str(request.base_url).rstrip("/")


def _object(asked: dict[str, Any], name: str) -> dict[str, Any]:
    value = asked.get(name)
    if value is not None and not isinstance(value, dict):
        raise Refusal(400, f"{name} must be an object")
    return value or {}


def _text(asked: dict[str, Any], name: str, shown: str) -> str | None:
    value = asked.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(400, f"{shown} must be a string")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


async def _form(request: Request, body: bytes) -> dict[str, UploadFile | str]:
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
