"""The presenter's routes: the WebSockets of `protocol.py`, and the slides of a show."""

from __future__ import annotations

import asyncio
import base64
import json
import mimetypes
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from components.door import let_in
from components.line import Line, Pulse
from components.presenter.protocol import (
    AudienceMessage,
    DeskMessage,
    Relook,
    Wanted,
    audience_message,
    desk_message,
    parse,
)
from server.visitors import is_nonce_of, visitor_of
from server.web_security import POLICY_VIOLATION, is_from_our_page, scheme_of
from sessions.desk import Desk, Refused
from sessions.turns import TextRejected
from show import play
from show.model import Show
from show.recording import LARGEST_CHUNK, RecordingFailed
from show.remotes import Remotes, TooManyTries
from show.run import Run, Scene, is_live
from show.runs import Runs

LATE = 5.0
"""Seconds after its key, from which on a command is not carried out: a server that hung has kept
it, and an audience would see it out of place."""

CALMING: tuple[Wanted, ...] = (play.Step("silence"), play.Step("hold"), "end", "stopFilm")
"""What is done however late it comes."""

MOST_ROWS, LONGEST_VALUE = 12, 40
"""Figures that a stage's page tells, and the characters of one."""

_TRY_LATER = 1013

REMOTE_COOKIE = "avatar_remote"
"""The token of a remote, which no script can read: an address is written into logs."""

LONGEST_CODE = 1_000
"""Bytes of a request with a code."""

NO_CODE = "This is no code of a desk, or it was used or is over: show a new one there."

TOO_LATE = (
    "This reached the server {:.0f} s late, so nothing was done: press it again if it is wanted."
)


@dataclass(frozen=True, slots=True)
class Presenting:
    """What the routes need of this process. `billed`: sessions cost money."""

    desk: Desk
    runs: Runs
    remotes: Remotes
    billed: bool = False


def presenter_routes(
    presenting_of: Callable[[], Presenting | None],
    pulse: Pulse = Pulse(),  # noqa: B008  # frozen
) -> list[BaseRoute]:
    """The routes of desk and stage page. All are for our pages, with the visitor's cookie and the
    nonce that belongs to it (`visitors.nonce_of`), but for a remote's: `presenter/redeem` gives a
    cookie for a one-time code, and `presenter/remote` is a desk's channel for that cookie.

    `presenter/channel`: the desk's. `presenter/audience`: the stage page's. `presenter/slides`: the
    slides as the audience sees them; `presenter/script`: with titles and notes, for the desk.
    `presenter/chunk`: a chunk of a `part` of a recording comes from a `page` of the stage; `index`
    counts them, and is "end" at last. `presenter/film`: the recording; `presenter/backdrop`: a
    picture for the stage.
    """

    async def channel(socket: WebSocket) -> None:
        if visitor := await let_in(socket):
            if (presenting := presenting_of()) is None:
                await socket.close(_TRY_LATER)
                return
            run = await presenting.runs.of(visitor)
            await _Presenter(socket, pulse, presenting, run, lambda: visitor).serve()

    async def remote(socket: WebSocket) -> None:
        presenting = presenting_of()
        if presenting is None or not is_from_our_page(socket):
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        token = socket.cookies.get(REMOTE_COOKIE, "")
        visitor = presenting.remotes.visitor_of(token)
        if visitor is None:
            await socket.close(POLICY_VIOLATION)
            return
        run = await presenting.runs.of(visitor)
        may = partial(presenting.remotes.visitor_of, token)
        await _Presenter(socket, pulse, presenting, run, may).serve()

    async def redeem(request: Request) -> Response:
        presenting = presenting_of()
        if presenting is None or not is_from_our_page(request):
            return Response(status_code=403)
        try:
            code = str(json.loads((await _body(request, LONGEST_CODE)) or b"{}").get("code", ""))
            peer = request.client.host if request.client else ""
            found = presenting.remotes.redeem(code, peer)
        except TooManyTries as problem:
            return JSONResponse({"problem": str(problem)}, status_code=429)
        except (ValueError, AttributeError, RecursionError):
            found = None
        if found is None:
            return JSONResponse({"problem": NO_CODE}, status_code=404)
        answer = JSONResponse({"problem": None}, headers={"Cache-Control": "no-store"})
        answer.set_cookie(
            REMOTE_COOKIE,
            found.token,
            path=f"{request.scope.get('root_path', '')}/presenter",
            secure=scheme_of(request) == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    async def audience(socket: WebSocket) -> None:
        if visitor := await let_in(socket):
            if (presenting := presenting_of()) is None:
                await socket.close(_TRY_LATER)
                return
            run = await presenting.runs.of(visitor)
            line = Line(socket, pulse, lambda: is_live(run.scene))
            page = socket.query_params.get("page", "")[:LONGEST_VALUE]
            await _StagePage(line, run, page).serve()

    async def slides(request: Request) -> Response:
        return await deck(request, _slides_of)

    async def script(request: Request) -> Response:
        return await deck(request, _script_of)

    async def deck(request: Request, part_of: Callable[[Show], dict[str, Any]]) -> Response:
        if (run := await run_of(request)) is None:
            return Response(status_code=403)
        scene = run.scene
        content = await asyncio.to_thread(part_of, scene.show)
        return JSONResponse({"deck": scene.deck, **content}, headers={"Cache-Control": "no-store"})

    async def chunk(request: Request) -> Response:
        run = await run_of(request)
        if run is None or not is_from_our_page(request):
            return Response(status_code=403)
        asked = request.query_params
        index, page = asked.get("index", ""), asked.get("page", "")[:LONGEST_VALUE]
        part = _number(asked.get("part", ""))
        if part is None or (film := run.films.film_of(part, page)) is None:
            return Response(status_code=409)  # of another recording, or of a page that makes none
        if index == "end":
            await run.films.ended(part)
        elif (number := _number(index)) is not None:
            try:
                await film.add(part, number, await _body(request, LARGEST_CHUNK))
            except RecordingFailed as problem:
                run.films.fails(page, str(problem))
                return Response(status_code=409)
        return Response(status_code=204)

    async def backdrop(request: Request) -> Response:
        run = await run_of(request)
        if run is None or not run.scene.picture:
            return Response(status_code=404)
        kept = {"Cache-Control": "no-store", "Content-Type": "application/octet-stream"}
        return Response(run.scene.picture, headers=kept)

    async def film(request: Request) -> Response:
        run = await run_of(request)
        made = run.films.film if run else None
        if made is None or made.file is None:
            return Response(status_code=404)
        kept = {"Cache-Control": "no-store"}
        return FileResponse(made.file, filename=made.file.name, headers=kept)

    async def run_of(request: Request) -> Run | None:
        visitor, presenting = visitor_of(request), presenting_of()
        nonce = request.query_params.get("nonce", "")
        if visitor is None or presenting is None or not is_nonce_of(visitor, nonce):
            return None
        return await presenting.runs.of(visitor)

    return [
        WebSocketRoute("/presenter/channel", channel),
        WebSocketRoute("/presenter/remote", remote),
        WebSocketRoute("/presenter/audience", audience),
        Route("/presenter/redeem", redeem, methods=["POST"]),
        Route("/presenter/slides", slides),
        Route("/presenter/script", script),
        Route("/presenter/chunk", chunk, methods=["POST"]),
        Route("/presenter/film", film),
        Route("/presenter/backdrop", backdrop),
    ]


async def _body(request: Request, most: int) -> bytes:
    """Of `most` bytes, and one more where it is longer: then it is refused."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            break
    return bytes(body[: most + 1])


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 9 else None


def in_time(came: tuple[Wanted, float | None], now: float) -> Wanted:
    """What is wanted, by `parse`. Raises `Refused` for what comes too late."""
    wanted, at = came
    late = 0.0 if at is None else now - at
    if late > LATE and wanted not in CALMING:
        raise Refused(TOO_LATE.format(late))
    return wanted


class _StagePage:
    """One line of a page of the stage, which has the same `name` over each of its lines."""

    def __init__(self, line: Line, run: Run, name: str) -> None:
        self._line = line
        self._run = run
        self._name = name
        self._now = asyncio.get_running_loop().time

    async def serve(self) -> None:
        """Send and receive until either side has gone."""
        self._run.window(1)
        self._run.films.opened(self._name)
        try:
            with self._run.watched() as scenes:
                await self._line.serve(self._messages(scenes), self._take)
        finally:
            self._run.window(-1)
            self._run.films.gone(self._name)

    async def _messages(self, scenes: AsyncIterator[Scene]) -> AsyncIterator[AudienceMessage]:
        async for scene in scenes:
            yield audience_message(scene, now=self._now(), page=self._name)

    def _take(self, text: str) -> None:
        """What it tells; and steps, where a clicker's keys reach it and not the desk."""
        with suppress(Refused, TextRejected):
            if came := parse(text):
                self._line.hear()
                wanted = in_time(came, self._now())
                if isinstance(wanted, play.Step | play.Jump):
                    self._run.happened(wanted)
                return
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(told, dict):
            self._tell(told)

    def _tell(self, told: dict[str, Any]) -> None:
        run = self._run
        match told:
            case {"blocked": bool(blocked)}:
                run.block(blocked)
            case {"filming": float(since) | int(since)} if 0 <= since < 86_400:
                run.films.begins(self._name, since)
            case {"media": list(rows)}:
                run.measured(tuple(_rows(rows)))
            case {"failed": str(sentence)}:
                run.films.fails(self._name, sentence[:300])


def _rows(rows: list[Any]) -> Iterator[tuple[str, str]]:
    """Those that are short texts."""
    for row in rows[:MOST_ROWS]:
        match row:
            case {"label": str(label), "value": str(value)}:
                yield label[:LONGEST_VALUE], value[:LONGEST_VALUE]


def _slides_of(show: Show) -> dict[str, Any]:
    """The deck for the browser's Marp: its Markdown, and its pictures as data URLs."""
    pictures = {name: _data_url(name, content) for name, content in show.pictures.items()}
    return {"markdown": show.seen, "pictures": pictures}


def _script_of(show: Show) -> dict[str, Any]:
    slides = [
        {"title": show.filled(slide.title), "notes": [show.filled(note) for note in slide.notes]}
        for slide in show.slides
    ]
    return {**_slides_of(show), "slides": slides}


def _data_url(name: str, content: bytes) -> str:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


class _Presenter:
    """One open desk, or a phone in its place. `visitor_now`: whose; None once it may no more."""

    def __init__(
        self,
        socket: WebSocket,
        pulse: Pulse,
        presenting: Presenting,
        run: Run,
        visitor_now: Callable[[], str | None],
    ) -> None:
        self._line = Line(socket, pulse, lambda: is_live(run.scene))
        self._presenting = presenting
        self._run = run
        self._visitor_now = visitor_now
        self._now = asyncio.get_running_loop().time
        self._refusal: str | None = None
        self._refusals = 0

    async def serve(self) -> None:
        """Send and receive until either side has gone."""
        with self._run.watched() as scenes:
            await self._line.serve(self._messages(scenes), self._take)

    async def _messages(self, scenes: AsyncIterator[Scene]) -> AsyncIterator[DeskMessage]:
        async for scene in scenes:
            if self._visitor_now() is None:
                return  # and the line is closed
            yield desk_message(
                scene,
                now=self._now(),
                length=self._run.length,
                planned=self._run.planned,
                refusal=(self._refusal, self._refusals),
                billed=self._presenting.billed,
                server=self._presenting.desk.server_id,
            )

    def _take(self, text: str) -> None:
        self._refusal = None
        if self._visitor_now() is None:
            self._run.tell()
            return
        try:
            if (came := parse(text)) is None:
                return
            self._act(in_time(came, self._now()))
        except (Refused, TextRejected) as refusal:
            self._refusal = str(refusal)
            self._refusals += 1
            self._run.tell()
        self._line.hear()

    def _act(self, wanted: Wanted) -> None:
        run = self._run
        if wanted == "start":
            run.start()
        elif wanted == "end":
            run.end()
        elif wanted == "film":
            run.films.start()
        elif wanted == "stopFilm":
            run.films.stop()
        elif isinstance(wanted, Relook):
            run.look(wanted.after(run.scene.look))
        else:
            run.happened(wanted)
