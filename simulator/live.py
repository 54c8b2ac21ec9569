"""The live sessions: each with its record, its speaker and its viewer, from create to end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulator import catalog
from simulator.builds import GREEN
from simulator.dialects import Dialect
from simulator.face import FACES, Face
from simulator.media import PICTURE, SAMPLE_RATE, Clock
from simulator.moods import Moods
from simulator.pose import pose_at
from simulator.sessions import EndedBy, Refusal, Session, Sessions
from simulator.speaker import Speaker, Studio
from simulator.viewer import Viewer

face_named = cache(Face)
"""A face, read once (some 150 ms) and shared by every session that shows it."""


class LiveSession:
    """A session that can be watched and spoken to; the `media.Source` of its viewer."""

    def __init__(self, record: Session, studio: Studio) -> None:
        voice = catalog.voice(record.voice_id, catalog.visual(record.avatar_id))
        self.record = record
        self.clock = Clock(asyncio.get_running_loop().time)
        self.speaker = Speaker(
            self.clock, studio, speed=voice.speed * record.speed, pitch=voice.pitch
        )
        self.viewer: Viewer | None = None
        """Who has the viewer's place; it may have gone, see `Dialect.place_held`."""
        self.joining = asyncio.Lock()
        """Held while a viewer is let in, so that two can't be at once."""
        self._face = catalog.visual(record.avatar_id).face
        self._first: int | None = None
        """The sample at which the viewer's first picture was shown."""

        self.sound = self.speaker.sound

    def begin_at_rest(self) -> None:
        """Let the next picture be the poster's: a viewer comes who has seen that one last."""
        self._first = None

    def picture(self, position: int) -> NDArray[np.uint8]:
        """The face from this sample on, with the mouth of the middle of its 40 ms."""
        if self._first is None:
            self._first = position
        seconds = (position - self._first) / SAMPLE_RATE
        voice = self.speaker.moment(position + PICTURE // 2)
        return face_named(self._face).frame(pose_at(seconds, voice, self._face))


class Simulator:
    """The sessions, moods and voice of one process. `idle_timeout` in seconds."""

    def __init__(
        self, *, max_sessions: int, idle_timeout: float, engine: str, dialect: Dialect
    ) -> None:
        self.idle_timeout = idle_timeout
        self.dialect = dialect
        self.sessions = Sessions(max_sessions, dialect)
        self.moods = Moods()
        self.studio = Studio(engine)
        self._live: dict[str, LiveSession] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._chores: set[asyncio.Task[object]] = set()

    def open(self) -> None:
        """Load the faces, so that the first session does not wait for them."""
        for name in FACES:
            if not name.endswith(GREEN):  # rarely shown, and 30 MB: `create` loads it
                self._load(name)

    def create(self, avatar_id: str, voice_id: str | None, speed: float) -> Session:
        """A new live session. Raises `Refusal`."""
        record = self.sessions.create(avatar_id, voice_id, speed, time.time())
        self._load(catalog.visual(record.avatar_id).face)
        self._live[record.session_id] = LiveSession(record, self.studio)
        self._await_keep_alive(record)
        return record

    def find(self, session_id: str, token: str | None) -> LiveSession:
        """The live session that this token is for. Raises `Refusal`."""
        return self._live[self.sessions.find(session_id, token, time.time()).session_id]

    def by_whep_key(self, whep_key: str) -> LiveSession:
        """The live session that this `whepUrl` shows. Raises `Refusal`."""
        return self._live[self.sessions.by_whep_key(whep_key).session_id]

    def keep_alive(self, live: LiveSession) -> None:
        """Begin the idle timeout anew. No other call does, so that a caller without keep-alives is
        found out here and not by the live service."""
        live.record.keep_alives += 1
        self._await_keep_alive(live.record)

    def interrupt(self, live: LiveSession, *, begun_only: bool) -> None:
        """Silence, and an empty queue unless `begun_only`."""
        live.record.interrupts += 1
        live.speaker.interrupt(begun_only=begun_only)

    def end(self, live: LiveSession, by: EndedBy) -> None:
        """End the session, with its turns and its viewer."""
        session_id = live.record.session_id
        self._timers.pop(session_id).cancel()
        del self._live[session_id]
        live.speaker.interrupt()
        if live.viewer:
            self._spawn(live.viewer.close())
        self.sessions.end(live.record, by, time.time())

    async def join(self, live: LiveSession, offer: str) -> tuple[Viewer, str]:
        """Let a viewer in: the connection, and the SDP answer. A viewer without a sign of life
        makes room, unless its place is held. Raises `Refusal` (409, or `Dialect.ended`) or
        `viewer.Unusable`."""
        async with live.joining:
            if live.viewer and (self.dialect.place_held or await live.viewer.is_there()):
                raise Refusal(409, "The stream already has a viewer")
            if live.viewer:
                self._spawn(live.viewer.close())
            live.begin_at_rest()
            viewer = Viewer(lambda gone: self._left(live, gone), self.dialect.h264_only)
            try:
                answer = await viewer.answer(offer, live.clock, live)
                if live.record.state == "ended":
                    raise Refusal(*self.dialect.ended)
            except BaseException:
                self._spawn(viewer.close())
                raise
            live.viewer = viewer
            live.record.viewers = 1
            return viewer, answer

    async def release(self, live: LiveSession, viewer_id: str) -> None:
        """Let this viewer leave, and free its place. Raises `Refusal` (404)."""
        viewer = live.viewer
        if viewer is None or viewer.viewer_id != viewer_id:
            raise Refusal(404, "Viewer not found")
        await viewer.close()
        self._free(live, viewer)

    async def close(self) -> None:
        """End every session, and the voice."""
        for live in list(self._live.values()):
            self.end(live, None)
        self.studio.close()
        if self._chores:
            await asyncio.wait(self._chores, timeout=2)

    def _left(self, live: LiveSession, viewer: Viewer) -> None:
        if live.viewer is viewer:
            live.record.viewers = 0
            self._spawn(viewer.close())
            loop = asyncio.get_running_loop()
            held = viewer.heard_at + self.dialect.place_held - loop.time()
            loop.call_later(max(held, 0.0), self._free, live, viewer)

    def _free(self, live: LiveSession, viewer: Viewer) -> None:
        if live.viewer is viewer:
            live.viewer = None

    def _await_keep_alive(self, record: Session) -> None:
        if timer := self._timers.get(record.session_id):
            timer.cancel()
        self._timers[record.session_id] = asyncio.get_running_loop().call_later(
            self.idle_timeout, lambda: self.end(self._live[record.session_id], "timeout")
        )

    def _load(self, face: str) -> None:
        # No chore: nothing that ends has to wait for it.
        asyncio.get_running_loop().run_in_executor(None, face_named, face)

    def _spawn(self, chore: Coroutine[object, object, object]) -> None:
        task: asyncio.Task[object] = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
