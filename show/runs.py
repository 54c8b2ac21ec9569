"""Every visitor's show on this server: opened when a page wants it, kept when it has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sessions.desk import Desk
from show import saved
from show.files import load as load_show
from show.files import saved as as_file
from show.model import Show, ShowRejected
from show.play import begun
from show.run import Run, Scene, is_live
from show.store import Store
from show.words import Clock, Timer

SETTLES = 0.3
"""Seconds after a change until it is kept, with the changes that follow it."""

FORGET_AFTER = 600.0
"""Seconds without a page and without a session, after which a run is closed; what was kept stays.
"""

_log = logging.getLogger(__name__)


class Runs:
    """The runs of this server. Create and close it on the desk's event loop.

    `sample`: the show of a visitor who has brought none.
    """

    def __init__(self, desk: Desk, voice: Timer, store: Store, sample: Callable[[], Show]) -> None:
        self._desk = desk
        self._store = store
        self._sample = sample
        self._clock = Clock(voice)
        self._runs: dict[str, Run] = {}
        self._opening: dict[str, asyncio.Task[Run]] = {}
        self._keeping: dict[str, asyncio.Task[None]] = {}
        self._kept_shows: dict[str, Show] = {}
        self._loop = asyncio.get_running_loop()

    async def of(self, visitor: str) -> Run:
        """The run of this visitor: as it is, else as it was kept, else of the sample."""
        if run := self._runs.get(visitor):
            return run
        opening = self._opening.get(visitor)
        if opening is None:
            opening = self._opening[visitor] = asyncio.create_task(self._open(visitor))
            opening.add_done_callback(lambda _: self._opening.pop(visitor, None))
        return await asyncio.shield(opening)

    def open(self, visitor: str) -> Run:
        """`of`, for another thread: the scene of a run can be read from any."""
        return asyncio.run_coroutine_threadsafe(self.of(visitor), self._loop).result(timeout=30)

    def replace(self, visitor: str, show: Show) -> None:
        """Play `show` from its beginning from now on. For another thread."""

        async def load() -> None:
            (await self.of(visitor)).load(show)

        asyncio.run_coroutine_threadsafe(load(), self._loop).result(timeout=30)

    async def close(self) -> None:
        """Keep what has changed, and close every run. Idempotent."""
        for visitor, run in [*self._runs.items()]:
            if keeping := self._keeping.pop(visitor, None):
                keeping.cancel()
            await self._keep(visitor, run.scene)
            run.close()
        self._runs.clear()
        await self._store.aclose()

    async def _open(self, visitor: str) -> Run:
        start = await self._kept(visitor)
        show = start.show if start else self._sample()
        # Nothing is kept of a visitor who has only looked.
        kept = [_kept_of(start or Scene(1, show, begun(show)))]

        def changed(scene: Scene) -> None:
            now = _kept_of(scene)
            if kept != [now]:
                kept[:] = [now]
                self._keep_soon(visitor)

        if start:
            self._kept_shows[visitor] = show
        run = Run(show, self._desk, visitor, self._clock, start=start, kept=changed)
        self._runs[visitor] = run
        self._forget_later(visitor, run)
        return run

    async def _kept(self, visitor: str) -> Scene | None:
        try:
            file = await self._store.kept(visitor, "show")
            scene = await self._store.kept(visitor, "scene")
            if file is None:
                return None
            name, content = file.split(b"\0", 1)
            show = await asyncio.to_thread(load_show, name.decode(), content)
        except (OSError, ValueError, ShowRejected) as error:
            _log.warning("A kept show could not be read: %s", error)
            return None
        try:
            if scene is not None:
                return saved.from_json(scene, show, self._loop.time())
        except ValueError as error:
            _log.warning("Where a kept show stands could not be read: %s", error)
        return Scene(1, show, begun(show))

    def _keep_soon(self, visitor: str) -> None:
        async def keep() -> None:
            kept: tuple[object, ...] | None = None
            while (run := self._runs.get(visitor)) and kept != _kept_of(run.scene):
                await asyncio.sleep(SETTLES)
                scene = run.scene
                await self._keep(visitor, scene)
                kept = _kept_of(scene)
            self._keeping.pop(visitor, None)

        if visitor not in self._keeping:
            self._keeping[visitor] = self._loop.create_task(keep())

    async def _keep(self, visitor: str, scene: Scene) -> None:
        age = None if scene.began is None else self._loop.time() - scene.began
        try:
            if self._kept_shows.get(visitor) is not scene.show:
                name, content = await asyncio.to_thread(as_file, scene.show)
                await self._store.keep(visitor, "show", name.encode() + b"\0" + content)
                self._kept_shows[visitor] = scene.show
            await self._store.keep(visitor, "scene", saved.to_json(scene, age=age))
        except OSError as error:
            _log.warning("A show could not be kept: %s", error)

    def _forget_later(self, visitor: str, run: Run) -> None:
        def forget() -> None:
            if self._runs.get(visitor) is not run:
                return
            since = self._loop.time() - run.unwatched_since
            if run.is_watched or is_live(run.scene) or visitor in self._keeping:
                since = 0.0
            if since < FORGET_AFTER:
                self._loop.call_later(FORGET_AFTER - since, forget)
                return
            del self._runs[visitor]
            self._kept_shows.pop(visitor, None)
            run.close()

        self._loop.call_later(FORGET_AFTER, forget)


def _kept_of(scene: Scene) -> tuple[object, ...]:
    """What of a scene outlives the server."""
    return scene.show, scene.play, scene.look, scene.transcript, scene.began
