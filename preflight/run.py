"""One preflight: the real path, once, from the settings to the end of the session."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, aclosing, suppress
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

from avatar_client import AvatarError, Media, Session
from preflight import crosses, network
from preflight.relays import relays_of
from preflight.report import report
from preflight.sightings import Sight, Sighting, Sightings, Viewer
from preflight.steps import (
    STEPS,
    Cross,
    Outcome,
    Result,
    Results,
    Step,
    can_be_tried,
    stopped,
    waiting,
    with_result,
)
from server.services import Services
from sessions.custody import Custody
from sessions.desk import Refused
from sessions.ledger import LedgerUnreachable
from sessions.server_voice import NoVoice
from sessions.service import Service
from sessions.state import Choices
from sessions.turns import takes_no_text

SENTENCE = (
    "This is the preflight in which you should see this face and hear this voice until I am"
    " interrupted in the middle of a sentence that is a little too long to be over before that."
)
"""About 10 s in one breath: the silence after the interrupt is none that comes by itself."""

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
    """`results` is how it stands; `changed` is called after each change of it.

    It tries out `services` with what `visitor` has chosen there. Run it once, on one event loop.
    """

    def __init__(
        self,
        services: Services,
        visitor: str,
        viewer: Viewer,
        changed: Callable[[], None],
        *,
        waits: Waits = Waits(),
    ) -> None:
        self.results: Results = waiting()
        self.sightings = Sightings()
        self._services = services
        self._visitor = visitor
        self._viewer = viewer
        self._changed = changed
        self._waits = waits
        self._now = asyncio.get_running_loop().time
        self._watching = AsyncExitStack()
        self._paid = ExitStack()
        self._custody: Custody | None = None
        self._keeping_alive: asyncio.Task[None] | None = None
        self._media: Media | None = None
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

    def leave(self) -> None:
        """The viewer has gone: end the session and try no more."""
        self.sightings.note(Sight.LEFT)

    async def run(self) -> Results:
        """Try every step that can be tried; the session has ended, or is the janitor's to end."""
        try:
            for step in STEPS:
                if step.name == "end":
                    await self._watch_no_more()
                elif self.sightings.all(Sight.LEFT):
                    continue
                if can_be_tried(self.results, step):
                    await self._try(step)
            self._set(stopped(self.results))
        finally:
            await self._watch_no_more()
            self._paid.close()
        return self.results

    async def _try(self, step: Step) -> None:
        began = self._now()
        self._set(with_result(self.results, Result(step, Outcome.TRYING)))

        def result(outcome: Outcome, detail: str, to_do: str = "") -> Result:
            return Result(step, outcome, self._now() - began, detail, to_do)

        try:
            found = result(Outcome.PASSED, await self._acts[step.name]())
        except Exception as error:
            cross = self._cross(error)
            found = result(Outcome.FAILED, str(cross), cross.to_do)
        self._set(with_result(self.results, found))

    def _cross(self, error: Exception) -> Cross:
        match error:
            case Cross():
                return error
            case AvatarError():
                return crosses.call(error, self._services.client.base_url)
            case LedgerUnreachable():
                return crosses.ledger(str(error))
            case Refused():
                return crosses.full(str(error))
            case NoVoice():
                return crosses.no_voice(str(error))
            case _:
                _log.error("A preflight failed with %s: %s", type(error).__name__, error)
                return crosses.bug(error)

    def _set(self, results: Results) -> None:
        self.results = results
        self._changed()

    @property
    def is_over(self) -> bool:
        """There is nothing left to try."""
        return all(r.outcome not in (Outcome.WAITING, Outcome.TRYING) for r in self.results)

    def report(self) -> str:
        """All of it, as a text to be sent to somebody."""
        return report(self.results, service=self.service, viewer=self._viewer.name)

    @property
    def service(self) -> str:
        """Which one is tried out, for people."""
        if self._services.problem:
            return "none"
        place = urlsplit(self._services.client.base_url).netloc
        simulated = self._services.settings.simulated
        return f"the simulator on this machine, {place}" if simulated else place

    @property
    def _session(self) -> Session:
        """The one that create opened, for the steps that need it."""
        assert self._custody
        assert self._custody.session
        return self._custody.session

    # The steps. Each returns what to say of it, and raises a cross, or what `_cross` makes one of.

    async def _look_at_settings(self) -> str:
        if problem := self._services.problem:
            raise crosses.setting(problem)
        if self._services.settings.simulated:
            return "No credentials: the simulator on this machine stands for the service."
        return f"The service is {self.service}."

    async def _look_at_ks(self) -> str:
        expires_at = self._services.client.ks_expires_at
        if self._services.settings.simulated:
            return "The simulator needs none."
        if expires_at is None:
            return "It does not say how long it lasts; the service tells whether it is accepted."
        hours = (expires_at - time.time()) / 3600
        if hours <= 0:
            raise crosses.ks_expired(-hours)
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
                raise crosses.no_avatar()
            choices = Choices(faces[0].item_id)
        self._paid.enter_context(desk.admitted())
        self._custody = Custody(Service(services.client), services.janitor, self._visitor, why=WHY)
        self._paid.callback(self._custody.let_go)
        await self._custody.open(choices)
        self._keeping_alive = asyncio.create_task(self._keep_alive())
        self._paid.callback(self._keeping_alive.cancel)
        names = (face.name for face in faces if face.item_id == choices.avatar_id)
        return f"With the avatar {next(names, choices.avatar_id)}."

    async def _init_client(self) -> str:
        media = self._media = await self._services.client.init_client(self._session)
        relays = relays_of(media.turn)
        relay = f"its relay (TURN) at {relays[0].host}" if relays else "without a relay (TURN)"
        return f"The picture is at {urlsplit(media.whep_url).netloc}, {relay}."

    async def _find_way(self) -> str:
        media = self._media
        assert media
        await self._watching.enter_async_context(self._viewer.watching(media, self.sightings))
        seen = await self._until(
            *(Sight.CONNECTED, Sight.UNANSWERED, Sight.REFUSED, Sight.GARBLED),
            *(Sight.NO_WAY, Sight.NO_WEBRTC),
            within=self._waits.way,
        )
        place = self._viewer.place
        match seen:
            case Sighting(Sight.CONNECTED, route):
                return crosses.way(route, place, relays_of(media.turn))
            case Sighting(Sight.UNANSWERED):
                raise crosses.picture_unanswered(media.whep_url, place)
            case Sighting(Sight.REFUSED, status):
                raise crosses.picture_refused(media.whep_url, status)
            case Sighting(Sight.GARBLED):
                raise crosses.picture_garbled(media.whep_url, place)
            case Sighting(Sight.NO_WEBRTC):
                raise crosses.no_webrtc()
        for refused in self.sightings.all(Sight.TURNED_AWAY):
            raise crosses.relay_refused(relays_of(media.turn), refused.word)
        shut = ", ".join(each.word for each in self.sightings.all(Sight.SHUT))
        raise crosses.no_way(media, place, shut)

    async def _see(self) -> str:
        seen = await self._until(Sight.PICTURE, within=self._waits.picture)
        if seen is None:
            raise crosses.no_picture()
        assert self._custody
        return f"Seen {seen.at - self._custody.began:.1f} s after create was sent."

    async def _hear(self) -> str:
        asked = self._now()
        how = await self._say(self._session)
        seen = await self._until(Sight.SOUND, within=self._waits.sound, since=asked)
        if self.sightings.all(Sight.BLOCKED):
            raise crosses.blocked()
        if seen is None:
            raise crosses.no_sound()
        return f"Heard {seen.at - asked:.1f} s after {how}."

    async def _interrupt(self) -> str:
        asked = self._now()
        await self._services.client.interrupt(self._session)
        if await self._until(Sight.QUIET, within=self._waits.quiet, since=asked) is None:
            raise crosses.not_silent()
        return "The voice fell silent in the middle of its sentence."

    async def _end(self) -> str:
        assert self._custody
        assert self._keeping_alive
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
        """Raises `Cross` where the viewer has gone meanwhile."""
        seen = await self.sightings.until(Sight.LEFT, *sights, within=within, since=since)
        if self.sightings.all(Sight.LEFT):
            raise crosses.viewer_left()
        return seen

    async def _say(self, session: Session) -> str:
        """As a visitor's text is said: through say-audio where the service takes no text."""
        services = self._services
        for tries in count(1):
            try:
                await services.client.say_text(session, SENTENCE)
                return "the text was sent"
            except AvatarError as error:
                if takes_no_text(error, tries):
                    break
                if error.status != 503:
                    raise
        async with aclosing(services.voice.recordings(SENTENCE, 1.0)) as pieces:
            # Its first piece, of 5 s, alone: an interrupt may leave alone what has not begun.
            piece = await anext(pieces)
        await services.client.say_audio(session, piece.audio, duration=piece.duration)
        return "it was sent as sound, because the service takes no text"
