"""One preflight: the real path, once, from the settings to the end of the session."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, aclosing, suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from avatar_client import AvatarError, Media, Session
from preflight import failures, network
from preflight.relays import relays_of
from preflight.report import report
from preflight.sightings import NO_WAYS, Sight, Sighting, Sightings, Viewer
from preflight.steps import STEPS, Outcome, Result, Results, Step, StepFailed
from server.services import Services
from sessions.custody import Custody
from sessions.service import Service
from sessions.state import Choices
from sessions.turns import takes_no_text

SENTENCE = (
    "This is the preflight in which you should see this face and hear this voice until I am"
    " interrupted in the middle of a sentence that is a little too long to be over before that."
)
"""About 10 s in one breath, so that no silence comes by itself before the interrupt."""

WHY = "It was opened by a preflight."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each sight is waited for, in seconds, and between two keep-alives.

    `way` has room for a relay over TLS, about 4 s, and for a second try without a relay.
    """

    way: float = 20.0
    picture: float = 8.0
    sound: float = 12.0
    quiet: float = 4.0
    keep_alive_every: float = 10.0


class Preflight:
    """Tries `services` with the choices that `visitor` made there. Run it once, on one event loop.

    `changed` is called after each change of `results`, the last time with `is_over`.
    """

    # From the steps create and init-client on.
    _service: Service
    _custody: Custody
    _session: Session
    _keeping_alive: asyncio.Task[None]
    _media: Media

    def __init__(
        self,
        services: Services,
        visitor: str,
        viewer: Viewer,
        changed: Callable[[], None],
        *,
        waits: Waits = Waits(),
    ) -> None:
        self.sightings = Sightings()
        self.is_over = False
        self._services = services
        self._visitor = visitor
        self._viewer = viewer
        self._changed = changed
        self._waits = waits
        self._now = asyncio.get_running_loop().time
        self._results = {step.name: Result(step) for step in STEPS}
        self._watching = AsyncExitStack()
        self._afterwards = ExitStack()
        self._acts: dict[str, Callable[[], Awaitable[str]]] = {
            "settings": self._look_at_settings,
            "ks": self._look_at_ks,
            "network": self._reach,
            "create": self._create,
            "init-client": self._init_client,
            "ice": self._find_way,
            "picture": self._see,
            "sound": self._hear,
            "interrupt": self._interrupt,
            "end": self._end,
        }

    @property
    def results(self) -> Results:
        """How each step stands."""
        return tuple(self._results.values())

    @property
    def service(self) -> str:
        """The name of the service, for people."""
        if self._services.problem:
            return "none"
        place = urlsplit(self._services.client.base_url).netloc
        simulated = self._services.settings.simulated
        return f"the simulator on this machine, {place}" if simulated else place

    def report(self) -> str:
        """All of it, as a text to be sent to somebody."""
        return report(self.results, service=self.service, viewer=self._viewer.name)

    def leave(self) -> None:
        """The viewer has gone: end the session and try no more."""
        self.sightings.note(Sight.LEFT)

    async def run(self) -> Results:
        """Try every step that can be tried; the session has ended, or is the janitor's to end."""
        with self._afterwards:
            try:
                for step in STEPS:
                    if step.name == "end":
                        await self._watch_no_more()
                    elif self.sightings.all(Sight.LEFT):
                        continue
                    if all(self._results[name].outcome is Outcome.PASSED for name in step.needs):
                        await self._try(step)
            finally:
                await self._watch_no_more()
        for name, result in self._results.items():
            if result.outcome is Outcome.WAITING:
                self._results[name] = replace(result, outcome=Outcome.NOT_TRIED)
        self.is_over = True
        self._changed()
        return self.results

    async def _try(self, step: Step) -> None:
        began = self._now()
        self._show(Result(step, Outcome.TRYING))
        try:
            outcome, detail, to_do = Outcome.PASSED, await self._acts[step.name](), ""
        except Exception as error:
            failure = error if isinstance(error, StepFailed) else self._failure_of(error)
            outcome, detail, to_do = Outcome.FAILED, str(failure), failure.to_do
        self._show(Result(step, outcome, self._now() - began, detail, to_do))

    def _failure_of(self, error: Exception) -> StepFailed:
        return failures.from_error(error, self._services.client.base_url)

    def _show(self, result: Result) -> None:
        self._results[result.step.name] = result
        self._changed()

    # The steps. Each returns what was found, or raises a `StepFailed` or an error for `from_error`.

    async def _look_at_settings(self) -> str:
        if problem := self._services.problem:
            raise failures.settings_wrong(problem)
        if self._services.settings.simulated:
            return "No credentials: the simulator on this machine stands for the service."
        return f"The service is {self.service}."

    async def _look_at_ks(self) -> str:
        expires_at = self._services.client.ks_source.expires_at
        if self._services.settings.simulated:
            return "The simulator needs none."
        if expires_at is None:
            return "It does not say how long it lasts; the service tells whether it is accepted."
        hours = (expires_at - time.time()) / 3600
        if hours <= 0:
            raise failures.ks_expired(-hours)
        return f"It lasts another {hours:.1f} hours."

    async def _reach(self) -> str:
        return await network.reach(self._services.client.base_url)

    async def _create(self) -> str:
        services, desk = self._services, self._services.desk
        assert desk
        chosen, faces = services.settings, desk.catalog.visuals
        choices = desk.choices(self._visitor)
        if not choices and chosen.avatar_id:
            choices = Choices(chosen.avatar_id, chosen.voice_id or None)
        if not choices:
            faces = await services.client.catalog("Visual", limit=1)
            if not faces:
                raise StepFailed(*failures.NO_AVATAR)
            choices = Choices(faces[0].item_id)
        self._afterwards.enter_context(desk.admitted())
        self._service = desk.service
        self._custody = Custody(self._service, services.janitor, self._visitor, why=WHY)
        self._afterwards.callback(self._custody.let_go)
        session = await self._custody.open(choices)
        assert session
        self._session = session
        self._keeping_alive = asyncio.create_task(self._keep_alive())
        self._afterwards.callback(self._keeping_alive.cancel)
        names = (face.name for face in faces if face.item_id == choices.avatar_id)
        return f"With the avatar {next(names, choices.avatar_id)}."

    async def _init_client(self) -> str:
        media = self._media = await self._service.picture_of(self._session)
        self._afterwards.callback(self._service.forget_picture, self._session)
        relays = relays_of(media.turn)
        relay = f"its relay (TURN) at {relays[0].host}" if relays else "without a relay (TURN)"
        return f"The picture is at {urlsplit(media.whep_url).netloc}, {relay}."

    async def _find_way(self) -> str:
        media, place = self._media, self._viewer.place
        await self._watching.enter_async_context(self._viewer.watching(media, self.sightings))
        seen = await self._until(Sight.CONNECTED, *NO_WAYS, within=self._waits.way)
        if seen and seen.sight is Sight.CONNECTED:
            return failures.way(seen.word, place, relays_of(media.turn))
        raise failures.no_way(seen, self.sightings, media, place)

    async def _see(self) -> str:
        seen = await self._until(Sight.PICTURE, within=self._waits.picture)
        no_h264 = bool(self.sightings.all(Sight.NO_H264))
        if seen is None:
            raise StepFailed(*(failures.NO_H264 if no_h264 else failures.NO_PICTURE))
        but = failures.H264_IS_MISSING if no_h264 else ""
        return f"Seen {seen.at - self._custody.began:.1f} s after create was sent.{but}"

    async def _hear(self) -> str:
        asked = self._now()
        how = await self._say()
        seen = await self._until(Sight.SOUND, within=self._waits.sound, since=asked)
        if self.sightings.all(Sight.BLOCKED):
            raise StepFailed(*failures.BLOCKED)
        if seen is None:
            raise StepFailed(*failures.NO_SOUND)
        return f"Heard {seen.at - asked:.1f} s after {how}."

    async def _interrupt(self) -> str:
        asked = self._now()
        await self._services.client.interrupt(self._session)
        if await self._until(Sight.QUIET, within=self._waits.quiet, since=asked) is None:
            raise StepFailed(*failures.NOT_SILENT)
        return "The voice fell silent in the middle of its sentence."

    async def _end(self) -> str:
        self._keeping_alive.cancel()
        await self._custody.end()
        return f"It was live for {self._now() - self._custody.began:.0f} s."

    # Beside the steps.

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._waits.keep_alive_every)
            with suppress(AvatarError):  # the step that is under way tells what is wrong
                await self._services.client.keep_alive(self._session)

    async def _watch_no_more(self) -> None:
        """Whatever is wrong with the viewer, its session is ended. Idempotent."""
        try:
            await self._watching.aclose()
        except Exception as error:
            _log.error("A viewer failed with %s: %s", type(error).__name__, error)

    async def _until(self, *sights: Sight, within: float, since: float = 0.0) -> Sighting | None:
        """Raises `StepFailed` where the viewer has gone meanwhile."""
        seen = await self.sightings.until(Sight.LEFT, *sights, within=within, since=since)
        if self.sightings.all(Sight.LEFT):
            raise StepFailed(*failures.VIEWER_LEFT)
        return seen

    async def _say(self) -> str:
        """As a visitor's text is said: through say-audio where the service takes no text."""
        client = self._services.client
        tries = 0
        while self._service.takes_text:
            try:
                await client.say_text(self._session, SENTENCE)
                return "the text was sent"
            except AvatarError as error:
                tries += 1
                if takes_no_text(error, tries):
                    self._service.note_text_refused()
                elif error.status != 503:
                    raise
        async with aclosing(self._services.voice.recordings(SENTENCE, 1.0)) as pieces:
            # Its first piece, of 5 s, alone: an interrupt may not reach a piece still to come.
            piece = await anext(pieces)
        await client.say_audio(self._session, piece.audio, duration=piece.duration)
        return "it was sent as sound, because the service takes no text"
